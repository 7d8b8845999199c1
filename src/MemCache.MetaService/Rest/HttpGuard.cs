using System.Diagnostics;

namespace MemCache.MetaService;

/// <summary>
/// What every request goes by before its call: who may, whether it is this one's turn, and what becomes of what goes
/// wrong.
/// </summary>
internal sealed class HttpGuard(MetaServer server, HttpAccess access, TimeProvider time, ILogger logger) : IDisposable
{
    // Health apart: whoever watches over this process must get an answer however much is asked beside.
    private readonly RequestPace _healthPace = new(HttpLimits.RequestsPerSecondMax, HttpLimits.RequestBurstMax,
        HttpLimits.WaitMax, time);
    private readonly RequestPace _pace = new(HttpLimits.RequestsPerSecondMax, HttpLimits.RequestBurstMax,
        HttpLimits.WaitMax, time);
    private readonly HandshakeFailures _unauthorized = new();
    private readonly SemaphoreSlim _expensive = new(HttpLimits.ExpensiveCountMax);

    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        AddHeaders(context.Response.Headers);
        HttpCall? call = context.GetEndpoint()?.Metadata.GetMetadata<HttpCall>();
        try
        {
            if (await TakeTurnAsync(context, call).ConfigureAwait(false)
                && await IsLetInAsync(context, call).ConfigureAwait(false))
            {
                await CountAsync(context, call, next).ConfigureAwait(false);
            }
        }
        catch (HttpCallException exception) when (!context.Response.HasStarted)
        {
            await HttpAnswer.FailAsync(context, exception.Message).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            // What is left of the body is not worth reading.
            context.Response.Headers.Connection = "close";
            await HttpAnswer.FailAsync(context, exception.Message, exception.StatusCode).ConfigureAwait(false);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested
            || exception is OperationCanceledException)
        {
            // Nobody is there any more, or it took too long: a cut answer must not look whole.
            context.Abort();
        }
        catch (Exception exception)
        {
            Log.HttpCallFailed(logger, context.Request.Method, call?.Path ?? "?", exception);
            await EndAsync(context).ConfigureAwait(false);
        }
    }

    public void Dispose() => _expensive.Dispose();

    private static Task EndAsync(HttpContext context)
    {
        if (!context.Response.HasStarted)
        {
            return HttpAnswer.FailAsync(context, "the call failed: see the log",
                StatusCodes.Status500InternalServerError);
        }

        context.Abort();
        return Task.CompletedTask;
    }

    // A value of the metadata store must not become a page with scripts in the name of the dashboard.
    private static void AddHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
    }

    private async Task<bool> TakeTurnAsync(HttpContext context, HttpCall? call)
    {
        RequestPace pace = call is { Right: HttpRight.Health } ? _healthPace : _pace;
        if (!pace.TryTake(out TimeSpan wait))
        {
            await RefuseAsync(context).ConfigureAwait(false);
            return false;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, time, context.RequestAborted).ConfigureAwait(false);
        }

        return true;
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        context.Response.Headers.Connection = "close";
        return HttpAnswer.FailAsync(context, "too many requests: try again later",
            StatusCodes.Status429TooManyRequests);
    }

    private async Task<bool> IsLetInAsync(HttpContext context, HttpCall? call)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            await HttpAnswer.FailAsync(context, "no such path", StatusCodes.Status404NotFound).ConfigureAwait(false);
            return false;
        }

        // The router's own endpoint, which says what is allowed, has no methods.
        bool isCall = call is not null || endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not null;
        if (!isCall)
        {
            return true;
        }

        HttpRight right = call?.Right
            ?? (HttpMethods.IsGet(context.Request.Method) ? HttpRight.Read : HttpRight.Change);
        if (!access.Allows(context, right))
        {
            NoteUnauthorized(context, call);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await HttpAnswer.FailAsync(
                context, "a token is needed: Authorization: Bearer …", StatusCodes.Status401Unauthorized)
                    .ConfigureAwait(false);
            return false;
        }

        string refusal = right != HttpRight.Change ? ""
            : server.Options.HttpReadOnly ? "this MetaService is in read-only mode: ock.mmc.meta_service.http.read_only"
            : IsFromOtherSite(context.Request) ? "a page of another site may not change anything here"
            : "";
        if (refusal.Length > 0)
        {
            await HttpAnswer.FailAsync(context, refusal, StatusCodes.Status403Forbidden).ConfigureAwait(false);
        }

        return refusal.Length == 0;
    }

    private void NoteUnauthorized(HttpContext context, HttpCall? call)
    {
        if (_unauthorized.Note(server.Clock.NowMs, out long unlogged))
        {
            Log.HttpUnauthorized(logger, context.Request.Method, call?.Path ?? "?", PeerOf(context), unlogged);
        }
    }

    private static string PeerOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "?";

    // A browser says where a page that sends something comes from; nothing else does.
    private static bool IsFromOtherSite(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        return !string.IsNullOrEmpty(origin)
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
                && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private async Task CountAsync(HttpContext context, HttpCall? call, RequestDelegate next)
    {
        long begun = Stopwatch.GetTimestamp();
        bool hasFailed = true;
        try
        {
            await RunAsync(context, call, next).ConfigureAwait(false);
            hasFailed = false;
        }
        finally
        {
            if (call?.CountsAs is { } operation)
            {
                server.Requests.NoteHttp(operation, hasFailed, 1, Stopwatch.GetTimestamp() - begun);
            }
        }
    }

    private async Task RunAsync(HttpContext context, HttpCall? call, RequestDelegate next)
    {
        if (call is { IsExpensive: true })
        {
            await RunExpensiveAsync(context, next).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
        if (context.Response is { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false })
        {
            string allowed = context.Response.Headers.Allow.ToString();
            await HttpAnswer.FailAsync(
                context, $"the method is not allowed here: {allowed}", StatusCodes.Status405MethodNotAllowed)
                    .ConfigureAwait(false);
        }

        if (call is { Right: HttpRight.Change })
        {
            Log.HttpChanged(logger, call.Method, call.Path, PeerOf(context));
        }
    }

    private async Task RunExpensiveAsync(HttpContext context, RequestDelegate next)
    {
        if (!await _expensive.WaitAsync(HttpLimits.WaitMax, context.RequestAborted).ConfigureAwait(false))
        {
            await RefuseAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            _expensive.Release();
        }
    }
}
