using MemCache.Core;

namespace MemCache.Meta;

/// <summary>The learned orders of all media: one for each medium that ever had segments. Thread-safe.</summary>
internal sealed class ReuseTable
{
    private readonly MediumReuse?[] _media = new MediumReuse?[SegmentTable.MediumCount];

    /// <summary>The one of a medium; <see langword="null"/>: it has none.</summary>
    public MediumReuse? Of(Medium medium) => Volatile.Read(ref _media[(int)medium]);

    /// <summary>Gives a medium one. Before it has segments, and so objects.</summary>
    public void Add(Medium medium, MediumReuse learned) => Volatile.Write(ref _media[(int)medium], learned);

    /// <summary>Notes a request in all of them: its keys may lie anywhere.</summary>
    public void Note(NoteKind kind, BatchScratch scratch, int keyCount)
    {
        if (!scratch.IsLegal || keyCount == 0)
        {
            return;
        }

        for (int i = 0; i < _media.Length; i++)
        {
            Volatile.Read(ref _media[i])?.Feed.Note(kind, scratch.Hashes(keyCount));
        }
    }

    /// <summary>Learns from what was noted if too much of it waits. Not under a lock.</summary>
    public void DrainIfLong()
    {
        for (int i = 0; i < _media.Length; i++)
        {
            Volatile.Read(ref _media[i])?.DrainIfLong();
        }
    }
}
