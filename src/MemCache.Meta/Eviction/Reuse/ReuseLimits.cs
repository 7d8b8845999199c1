namespace MemCache.Meta;

/// <summary>
/// Bounds and constants of <see cref="ReusePolicy"/>, with where each comes from. docs/design/reuse-eviction.md has the
/// measurements.
/// </summary>
internal static class ReuseLimits
{
    /// <summary>
    /// log2 of the entries of one piece of the table: 768 KiB, large enough that pieces are few, small enough that
    /// taking one is no pause.
    /// </summary>
    public const int EntryChunkShift = 15;

    /// <summary>
    /// Entries at most: a slot of the index has 28 bits for their number. With eight ghosts an object 29 million
    /// residents.
    /// </summary>
    public const int EntryCountMax = (1 << 28) - 1;

    /// <summary>Ghosts for each object at most: with more of them half of an object's record is theirs.</summary>
    public const int GhostRatioMax = 32;

    /// <summary>
    /// Ticks that the resident capacity takes to be put once. Half as many evict as well, but estimate small capacities
    /// worse; more would end the ages before eight capacities.
    /// </summary>
    public const int TicksPerCapacity = 16;

    /// <summary>
    /// Puts of a tick at least: a tick computes all rates anew, about 60 us, so small pools pay no more than 0.5 us a
    /// put for it.
    /// </summary>
    public const int TickPutCountMin = 128;

    /// <summary>
    /// Ticks after which old observations count half: 32 capacities. From 256 to 1,024 makes no difference on the
    /// trace.
    /// </summary>
    public const int DecayTickCount = 512;

    /// <summary>
    /// Ticks after which a read is no more taken for the second half of a request that asked first: it comes within
    /// milliseconds, but a tick may just have begun.
    /// </summary>
    public const int AskedAgeMax = 1;

    /// <summary>
    /// References after which those that the miss-ratio curve rests on count half, or 64 for each object that fits if
    /// that is more: few enough to be of late, enough that a curve's noise is below .002.
    /// </summary>
    public const long EstimateCountMin = 1 << 20;

    /// <summary>
    /// Residents that are drawn at a time, for <see cref="EvictionsPerSample"/> evictions: those leave that are among
    /// the lowest sixteenth, about as with the lowest of 32 each time, for half of the work.
    /// </summary>
    public const int SampleCount = 64;

    /// <summary>Evictions that one draw is used for.</summary>
    public const int EvictionsPerSample = 4;

    /// <summary>Residents kept of a draw: twice as many as are needed, for some may be held.</summary>
    public const int CandidateCount = 8;

    /// <summary>Largest <see cref="ReuseOptions.SampleCount"/>: the samples lie on the stack.</summary>
    public const int SampleCountMax = 128;

    /// <summary>Rounds of samples before an eviction gives up: whatever they found is held by somebody.</summary>
    public const int SampleRoundMax = 8;

    /// <summary>
    /// Keys of a chain, and keys known, from which on a chain's places in the tables are read ahead: with fewer there is
    /// nothing to overlap.
    /// </summary>
    public const int StagedChainCountMin = 4;

    /// <inheritdoc cref="StagedChainCountMin"/>
    public const int StagedKeyCountMin = 65_536;

    /// <summary>Steps from a victim to the end of its chain at most: the longest legal chain.</summary>
    public const int WalkCountMax = Core.Limits.BatchCountMax;

    /// <summary>
    /// Times a resident is looked for at random places before the table is searched from one of them on.
    /// </summary>
    public const int ProbeCountMax = 64;

    /// <summary>
    /// Announced keys (asked for, not there, perhaps put soon) at least: one full batch. Beyond a 32nd of the capacity
    /// the oldest are taken for keys that nobody is going to put.
    /// </summary>
    public const int AnnouncedCountMin = Core.Limits.BatchCountMax;
}
