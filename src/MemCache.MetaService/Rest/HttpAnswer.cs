using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace MemCache.MetaService;

/// <summary>Answers in the shapes that clients know.</summary>
internal static class HttpAnswer
{
    /// <summary>Answers with JSON.</summary>
    public static Task JsonAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        return BytesAsync(context, body, "application/json; charset=utf-8");
    }

    /// <summary>Answers with text.</summary>
    public static Task TextAsync(HttpContext context, string text, string contentType = "text/plain; charset=utf-8") =>
        BytesAsync(context, System.Text.Encoding.UTF8.GetBytes(text), contentType);

    /// <summary>Answers with bytes.</summary>
    public static Task BytesAsync(HttpContext context, ReadOnlyMemory<byte> body, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Answers that the call can't be done.</summary>
    /// <param name="context">The call.</param>
    /// <param name="error">Why, for who made it.</param>
    /// <param name="statusCode">
    /// 200 where the call was understood and its subject is at fault, as existing clients expect; another one where
    /// HTTP itself has a word for it, so that tools that look at nothing else see it.
    /// </param>
    public static Task FailAsync(HttpContext context, string error, int statusCode = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = statusCode;
        return JsonAsync(context, new RestError(Success: false, error, NowMs(context)), RestJson.Default.RestError);
    }

    /// <summary>Unix milliseconds, which many answers carry.</summary>
    public static long NowMs(HttpContext context) =>
        context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
}
