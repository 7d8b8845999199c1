namespace MemCache.MetaService;

/// <summary>
/// Bounds of the HTTP side. Every request pays with processor time that data requests would have, so all of them
/// together get a fraction of a core; every connection pays with memory.
/// </summary>
internal static class HttpLimits
{
    /// <summary>Open connections: some 10 KiB each. Further ones are closed at once.</summary>
    public const int ConnectionCountMax = 1024;

    /// <summary>Connections of one address, so that one that opens all it can leaves room for others.</summary>
    public const int ConnectionCountMaxPerAddress = 512;

    /// <summary>A batch of 1,024 keys of some 20 characters fits into a request line.</summary>
    public const int RequestLineBytesMax = 32 << 10;

    /// <summary>A browser's headers with a cookie of another service, and a token.</summary>
    public const int HeaderBytesMax = 16 << 10;

    /// <inheritdoc cref="HeaderBytesMax"/>
    public const int HeaderCountMax = 64;

    /// <summary>Body of a request: a value of the metadata store is the longest.</summary>
    public const int BodyBytesMax = 64 << 10;

    /// <summary>Keys of one batch query.</summary>
    public const int BatchCountMax = 1024;

    /// <summary>Entries of one page of a list.</summary>
    public const int PageCountMax = 10_000;

    /// <summary>Records that one page of a filtered list looks at: some 0.1 s.</summary>
    public const int PageLookCountMax = 2_000_000;

    /// <summary>Bytes a second that a slow client must send or take, after some seconds of grace.</summary>
    public const int BytesPerSecondMin = 1024;

    /// <summary>The same for a streamed list: it holds one of few places.</summary>
    public const int StreamBytesPerSecondMin = 32 << 10;

    /// <summary>Calls at a time whose cost grows with the pool.</summary>
    public const int ExpensiveCountMax = 4;

    /// <summary>
    /// Requests a second in the long run, apart for health and for everything else: at 0.1 ms each a tenth of a core.
    /// Further ones wait.
    /// </summary>
    public const int RequestsPerSecondMax = 1000;

    /// <summary>Requests beyond that at a time: a page that loads, a script that begins.</summary>
    public const int RequestBurstMax = 200;

    /// <summary>Longest wait for a turn; whoever would wait longer gets 429.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(2);

    /// <summary>Time for the headers of a request, from its first byte.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(5);

    /// <summary>An idle connection lives this long: longer than the interval of usual scrapes.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Time for a TLS handshake.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Longest streamed answer: 10 million keys at 2 MB a second. Who needs longer takes pages.</summary>
    public static readonly TimeSpan StreamTimeout = TimeSpan.FromMinutes(10);
}
