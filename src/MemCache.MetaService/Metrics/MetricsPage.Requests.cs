namespace MemCache.MetaService;

/// <content>What was asked, and how long it took.</content>
internal static partial class MetricsPage
{
    private static void WriteRequests(PrometheusText text, MetaServer server)
    {
        RequestLane requests = server.Requests.Sum();
        text.Section("Requests");
        foreach (Operation operation in OperationNames.Named)
        {
            string name = OperationNames.Of(operation);
            text.Single(
                $"memcache_{name}_requests_total", "counter",
                $"Requests: {name}. A batch of one key counts as the form for one.",
                requests.Requests(operation));
            text.Single(
                $"memcache_{name}_failures_total", "counter",
                $"Requests that failed as a whole or for a key: {name}. An absent or existing key is no failure.",
                requests.Failures(operation));
        }

        text.Begin("memcache_requests_total", "counter", "operation", "Requests of every kind.");
        WriteEach(text, requests.Requests);
        text.Begin("memcache_failures_total", "counter", "operation", "Failed requests of every kind.");
        WriteEach(text, requests.Failures);
        text.Begin("memcache_request_keys_total", "counter", "operation", "Keys, entries or leases in those requests.");
        WriteEach(text, requests.Keys);
        WriteLatency(text, server.Requests, requests);
    }

    private static void WriteEach(PrometheusText text, Func<Operation, long> read)
    {
        foreach (Operation operation in OperationNames.All)
        {
            text.Value(OperationLabel(operation), read(operation));
        }
    }

    private static void WriteLatency(PrometheusText text, RequestMetrics metrics, RequestLane requests)
    {
        text.Begin(
            "memcache_request_duration_seconds", "histogram", "operation",
            "Time from a decoded header to an encoded reply, in the MetaService.");
        foreach (Operation operation in OperationNames.All)
        {
            if (requests.Requests(operation) > 0)
            {
                text.Histogram(OperationLabel(operation), requests.Buckets(operation), requests.Seconds(operation));
            }
        }

        text.Begin(
            "memcache_request_queue_seconds", "histogram", "",
            "Time that requests wait behind others, from the moment that their I/O thread wakes up for them.");
        text.Histogram("", requests.QueueBuckets, requests.QueueSeconds);
        text.Begin(
            "memcache_io_thread_busy_seconds_total", "counter", "thread",
            "Time that an I/O thread did not wait for requests: near one second a second it is the bottleneck.");
        for (int i = 0; i < metrics.ThreadCount; i++)
        {
            text.Value($"thread=\"{i}\"", metrics.Lane(i).BusySeconds);
        }
    }

    private static string OperationLabel(Operation operation) => $"operation=\"{OperationNames.Of(operation)}\"";
}
