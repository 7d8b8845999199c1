using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MemCache.MetaService;

/// <summary>
/// HTTP requests by route and status code. The label is the route's pattern, never the path that was asked for, so
/// that nobody can make series by asking. Thread-safe.
/// </summary>
internal sealed class HttpRequestMetrics
{
    // Routes times status codes: far above what there is.
    private const int SeriesCountMax = 1000;

    private readonly ConcurrentDictionary<(string Route, int Code), StrongBox<long>> _requests = new();
    private long _ticks;

    /// <summary>Time spent in requests.</summary>
    public double Seconds => Volatile.Read(ref _ticks) / (double)Stopwatch.Frequency;

    /// <summary>The first middleware: counts what the others answered.</summary>
    public async Task Count(HttpContext context, RequestDelegate next)
    {
        long begun = Stopwatch.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";
            Note(route, context.Response.StatusCode, Stopwatch.GetTimestamp() - begun);
        }
    }

    /// <summary>Requests so far.</summary>
    public IReadOnlyList<(string Route, int Code, long Count)> Read() =>
        [.. _requests.Select(pair => (pair.Key.Route, pair.Key.Code, Volatile.Read(ref pair.Value.Value)))
            .OrderBy(row => row.Route, StringComparer.Ordinal).ThenBy(row => row.Code)];

    private void Note(string route, int code, long ticks)
    {
        _ = Interlocked.Add(ref _ticks, ticks);
        if (_requests.TryGetValue((route, code), out StrongBox<long>? count) || _requests.Count < SeriesCountMax)
        {
            count ??= _requests.GetOrAdd((route, code), static _ => new StrongBox<long>());
            _ = Interlocked.Increment(ref count.Value);
        }
    }
}
