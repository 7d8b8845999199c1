namespace MemCache.LocalService;

/// <summary>What comes next for one entry of a get.</summary>
internal enum TransferState : byte
{
    /// <summary>Nothing: it is done, or there is nothing to read.</summary>
    Settled = 0,

    /// <summary>It is being copied; then it is to be verified.</summary>
    Running,

    /// <summary>The copy from one replica was none: the next one is to be tried.</summary>
    Failed,

    /// <summary>No replica could be read.</summary>
    Lost,
}
