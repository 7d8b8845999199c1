namespace MemCache.MetaService;

/// <summary>Which lines of the log are events, by their number. Numbers are never used again.</summary>
internal static class EventKinds
{
    private static readonly Dictionary<int, string> Kinds = new()
    {
        [5000] = "started",
        [5007] = "reloaded",
        [5008] = "reload_failed",
        [5111] = "restored",
        [5200] = "joined",
        [5201] = "join_refused",
        [5202] = "left",
        [5203] = "lost",
        [5204] = "stood_still",
        [5220] = "drain_began",
        [5221] = "drain_ended",
        [5311] = "tls_failed",
        [5800] = "eviction_began",
        [5801] = "eviction_ended",
        [5802] = "rejecting_began",
        [5803] = "rejecting_ended",
    };

    /// <summary>The kind of a line of the log; <see langword="null"/>: it is not shown as an event.</summary>
    public static string? Of(int number) => Kinds.GetValueOrDefault(number);
}
