namespace MemCache.Benchmarks;

/// <summary>What serves at the other end.</summary>
internal enum RpcServerKind
{
    /// <summary>A thread that reads so many bytes and writes so many, blocking: the least a round trip can cost.</summary>
    Bare,

    /// <summary>The MetaService's own I/O threads.</summary>
    Own,

    /// <summary>The same without polling before a thread blocks.</summary>
    OwnNoSpin,

    /// <summary>A Kestrel connection handler, scheduled inline, in front of the same request handler.</summary>
    Kestrel,
}
