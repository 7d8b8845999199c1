using MemCache.Core;

namespace MemCache.SimulationTests;

/// <summary>One read: stamps, pages one by one with any delay, stamps again.</summary>
internal sealed class Get(string key, ObjectLocation location, ReplicaLocation replica, FakeSegment segment, int pageCount)
{
    private readonly int[] _pages = new int[pageCount];
    private int _next = -1;
    private bool _isMiss;

    public ObjectLocation Location { get; } = location;

    public ReplicaLocation Replica { get; } = replica;

    public string Key { get; } = key;

    /// <summary>The reader is stopped until this step of the world, also in the middle of a read.</summary>
    public int ResumeAt { get; set; }

    public bool IsDone { get; private set; }

    private int FirstPage => (int)(Replica.Offset / Limits.BlobAlignmentBytes);

    /// <summary>One load.</summary>
    /// <returns>The contents read, when the read has ended and was verified.</returns>
    public int[]? Step()
    {
        if (_next < 0)
        {
            _isMiss = !IsCurrent();
            _next = 0;
        }
        else if (_next < pageCount)
        {
            _pages[_next] = segment.Contents[FirstPage + _next];
            _next++;
        }
        else
        {
            IsDone = true;
            return _isMiss || !IsCurrent() ? null : _pages;
        }

        return null;
    }

    private bool IsCurrent()
    {
        for (int i = 0; i < pageCount; i++)
        {
            if (segment.Stamps[FirstPage + i] != Replica.Generation)
            {
                return false;
            }
        }

        return true;
    }
}
