namespace MemCache.Protocol;

/// <summary>
/// What a LocalService counts and reports. Append only: the numbers travel. Each has a fixed number of indexes, see
/// <see cref="ReportLayout"/>.
/// </summary>
public enum ReportCounter : ushort
{
    /// <summary>None; never sent.</summary>
    None = 0,

    /// <summary>Objects read and verified, by <see cref="DataPath"/>.</summary>
    GetObjects = 1,

    /// <summary>Bytes of those, by <see cref="DataPath"/>.</summary>
    GetBytes = 2,

    /// <summary>Replicas written whole, by <see cref="DataPath"/>.</summary>
    PutReplicas = 3,

    /// <summary>Bytes of those, by <see cref="DataPath"/>.</summary>
    PutBytes = 4,

    /// <summary>Gets of keys that were not there.</summary>
    GetMisses = 5,

    /// <summary>Reads whose page stamps showed other bytes than the object's: misses.</summary>
    BlobsChanged = 6,

    /// <summary>Reads whose bytes did not have their checksum.</summary>
    ChecksumMismatches = 7,

    /// <summary>Puts of keys that were there already.</summary>
    PutDuplicates = 8,

    /// <summary>Reads that went on with another replica after one had failed.</summary>
    FailOvers = 9,

    /// <summary>Objects that were looked up anew because none of their replicas could be read.</summary>
    LookupsRepeated = 10,

    /// <summary>Calls that ended because their time was over.</summary>
    Timeouts = 11,

    /// <summary>Attempts of calls that waited for the MetaService and were made again.</summary>
    Retries = 12,

    /// <summary>Calls that failed because no MetaService was connected.</summary>
    CallsNotConnected = 13,

    /// <summary>Times that the process joined a MetaService.</summary>
    Sessions = 14,

    /// <summary>Calls that failed, by <see cref="ClientCall"/>.</summary>
    CallFailures = 15,

    /// <summary>
    /// Calls by duration: index is the <see cref="ClientCall"/> times <see cref="ReportLayout.BucketStride"/> and the
    /// bucket.
    /// </summary>
    CallBuckets = 16,

    /// <summary>Time spent in calls, by <see cref="ClientCall"/>.</summary>
    CallNanoseconds = 17,

    /// <summary>Phases begun, by <see cref="ClientPhase"/>.</summary>
    PhasesBegun = 18,

    /// <summary>Phases that failed, by <see cref="ClientPhase"/>.</summary>
    PhasesFailed = 19,

    /// <summary>Phases that ended well, by <see cref="ClientPhase"/>.</summary>
    PhasesGood = 20,

    /// <summary>Time spent in phases, by <see cref="ClientPhase"/>.</summary>
    PhaseNanoseconds = 21,

    /// <summary>The shortest phase so far, by <see cref="ClientPhase"/>; a value, not a growth.</summary>
    PhaseNanosecondsMin = 22,

    /// <summary>The longest phase so far, by <see cref="ClientPhase"/>; a value, not a growth.</summary>
    PhaseNanosecondsMax = 23,
}
