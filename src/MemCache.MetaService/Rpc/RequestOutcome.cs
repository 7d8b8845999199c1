namespace MemCache.MetaService;

/// <summary>What handling a request came to, beside its status.</summary>
internal struct RequestOutcome
{
    /// <summary>Bytes of the reply's payload.</summary>
    public int PayloadBytes;

    /// <summary>What it is counted as.</summary>
    public Operation Operation;

    /// <summary>Keys or entries in it.</summary>
    public int KeyCount;

    /// <summary>Whether some key failed for another reason than being absent or there already.</summary>
    public bool HasKeyFailed;
}
