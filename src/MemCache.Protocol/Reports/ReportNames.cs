namespace MemCache.Protocol;

/// <summary>What paths, calls and phases are called in metrics, trace tables and events.</summary>
public static class ReportNames
{
    private static readonly string[] Paths = ["own", "mapping", "tcp"];

    private static readonly string[] Calls =
    [
        "get", "batch_get", "put", "batch_put", "exist", "batch_exist", "remove", "batch_remove", "remove_all",
        "query", "alloc",
        "copy_put", "copy_get", "finish_write", "add_lease", "remove_lease",
    ];

    private static readonly string[] Phases = ["get_lookup", "get_copy", "put_reserve", "put_copy", "put_commit"];

    /// <summary>Name of a path.</summary>
    public static string Of(DataPath path) => Paths[(int)path];

    /// <summary>Name of a call that is timed.</summary>
    public static string Of(ClientCall call) => Calls[(int)call];

    /// <summary>Name of a phase.</summary>
    public static string Of(ClientPhase phase) => Phases[(int)phase];
}
