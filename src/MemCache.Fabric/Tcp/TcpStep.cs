namespace MemCache.Fabric;

/// <summary>What follows a step of a connection.</summary>
internal enum TcpStep
{
    /// <summary>The next step.</summary>
    Go,

    /// <summary>Waiting for the socket.</summary>
    Blocked,

    /// <summary>Others' turn; there is more to do.</summary>
    Again,

    /// <summary>Nothing more: close the connection.</summary>
    Close,
}
