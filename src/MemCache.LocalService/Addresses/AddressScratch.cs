using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>
/// What a copy by address needs for its length. Grows to the largest batch seen and stays, so a warm copy allocates
/// nothing.
/// </summary>
internal sealed class AddressScratch : CopyScratch
{
    private CopyEntry[] _entries = [];
    private MmcStatus[] _results = [];

    /// <summary>Shape [n] of the last <see cref="Prepare"/>.</summary>
    public Span<CopyEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Room for the statuses of a caller that wants only one.</summary>
    public Span<MmcStatus> Results => _results.AsSpan(0, Count);

    private int Count { get; set; }

    /// <summary>Clears entries and pieces, for a batch of <paramref name="count"/>.</summary>
    public void Prepare(int count)
    {
        if (_entries.Length < count)
        {
            _entries = new CopyEntry[count];
            _results = new MmcStatus[count];
        }

        Count = count;
        ClearWork();
    }

    /// <summary>Ends a batch: nothing is held any more, neither memory nor objects.</summary>
    public void Clear()
    {
        ReleaseSegments();
        Entries.Clear();
    }
}
