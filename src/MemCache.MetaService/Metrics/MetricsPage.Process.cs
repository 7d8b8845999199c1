namespace MemCache.MetaService;

/// <content>The process itself: garbage collection, processor, memory, HTTP, log.</content>
internal static partial class MetricsPage
{
    private static void WriteProcess(PrometheusText text, MetaServer server)
    {
        text.Section("Process");
        text.Single("memcache_uptime_seconds", "gauge", "Seconds since the start.", server.Clock.UptimeMs / 1000.0);
        var process = ProcessFigures.Read();
        text.Single(
            "memcache_process_cpu_seconds_total", "counter", "Processor time, user and system.", process.CpuSeconds);
        text.Single(
            "memcache_process_resident_memory_bytes", "gauge", "Memory that is present.", process.ResidentBytes);
        text.Single("memcache_process_virtual_memory_bytes", "gauge", "Address space.", process.VirtualBytes);
        text.Single("memcache_process_threads", "gauge", "Threads.", process.ThreadCount);
        text.Single("memcache_process_open_fds", "gauge", "File descriptors that are open.", process.OpenFileCount);
        WriteCollections(text);
        text.Begin("memcache_log_lines_total", "counter", "level", "Lines of the log.");
        foreach ((string level, long count) in server.LogLines.Read())
        {
            text.Value($"level=\"{level}\"", count);
        }

        text.Begin(
            "memcache_http_requests_total", "counter", "route,code",
            "HTTP requests by the pattern of their route; other: there is none.");
        foreach ((string route, int code, long count) in server.HttpRequests.Read())
        {
            text.Value($"route=\"{route}\",code=\"{code}\"", count);
        }

        text.Single(
            "memcache_http_request_seconds_total", "counter", "Time spent in HTTP requests.",
            server.HttpRequests.Seconds);
    }

    private static void WriteCollections(PrometheusText text)
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo(GCKind.Any);
        text.Begin(
            "memcache_gc_collections_total", "counter", "generation",
            "Garbage collections of a generation and those below.");
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            text.Value($"generation=\"{generation}\"", GC.CollectionCount(generation));
        }

        text.Single(
            "memcache_gc_pause_seconds_total", "counter", "Time that all threads stood still for garbage collections.",
            GC.GetTotalPauseDuration().TotalSeconds);
        text.Single(
            "memcache_gc_last_pause_seconds", "gauge", "Longest pause of the last garbage collection.",
            info.PauseDurations.Length > 0 ? info.PauseDurations.ToArray().Max().TotalSeconds : 0);
        text.Single("memcache_gc_heap_bytes", "gauge", "Managed objects, garbage included.", GC.GetTotalMemory(false));
        text.Single(
            "memcache_gc_committed_bytes", "gauge", "Memory that the managed heap has taken.",
            info.TotalCommittedBytes);
        text.Single(
            "memcache_gc_allocated_bytes_total", "counter", "Managed bytes allocated.",
            GC.GetTotalAllocatedBytes(precise: false));
    }
}
