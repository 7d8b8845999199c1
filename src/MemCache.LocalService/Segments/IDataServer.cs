namespace MemCache.LocalService;

/// <summary>What serves the own segment to other hosts. Disposing closes its connections.</summary>
internal interface IDataServer : IDisposable
{
    /// <summary>The port that it was given.</summary>
    int Port { get; }

    /// <summary>
    /// Whether it may still store bytes under this reservation. Once it is <see langword="false"/> for a slot that does not say "writing" any
    /// more it stays so. Any thread.
    /// </summary>
    bool IsReceiving(uint slot, ulong generation);
}
