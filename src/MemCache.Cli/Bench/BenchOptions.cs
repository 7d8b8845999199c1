namespace MemCache.Cli;

/// <summary>What <c>mmc bench</c> is asked for.</summary>
internal sealed record BenchOptions
{
    /// <summary>Every row, in the order of the report.</summary>
    public static IReadOnlyList<string> AllRows { get; } =
    [
        "get_122x_local", "put_122x_local", "get_122x_own", "put_122x_own", "get_122x_local_2clients",
        "exist_1", "exist_100", "exist_256", "put_4k", "get_4k",
    ];

    /// <summary>Every row between hosts, in the order of the report.</summary>
    public static IReadOnlyList<string> RemoteRows { get; } =
    [
        "get_122x_tcp", "put_122x_tcp", "put_122x_tcp_2replicas", "put_122x_tcp_2remote", "get_4k_tcp",
        "get_122x_tcp_tls", "put_122x_tcp_tls", "put_122x_tcp_2replicas_tls", "put_122x_tcp_2remote_tls",
        "get_4k_tcp_tls",
    ];

    /// <summary>Whether the other processes are on other hosts.</summary>
    public bool IsRemote { get; init; }

    /// <summary>Rows to measure.</summary>
    public IReadOnlyList<string> Rows { get; init; } = AllRows;

    /// <summary>Interleaved rounds of each row.</summary>
    public int RoundCount { get; init; } = 15;

    /// <summary>No row begins another round after this time.</summary>
    public TimeSpan RowTimeMax { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where shared-memory files are made.</summary>
    public string SharedMemoryDirectory { get; init; } = SharedMemory.DefaultDirectory;

    /// <summary>Blocks of one batch get or put.</summary>
    public int BatchCount { get; init; } = 16;

    /// <summary>Size of a block.</summary>
    public long BlockBytes { get; init; } = BlockShape.FullSizeBytes;

    /// <summary>Bytes of a batch.</summary>
    public long BatchBytes => BatchCount * BlockBytes;

    /// <summary>Segments: the bench's own and those of the others.</summary>
    public int SegmentCount => IsRemote ? 3 : 2;

    /// <summary>
    /// Memory of each of the segments: the batch that is got, the batch that is put, and as much as fragments may
    /// cost.
    /// </summary>
    public long SegmentBytes => 3 * BatchBytes + (16L << 20);
}
