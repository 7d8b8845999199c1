namespace MemCache.MetaService;

/// <summary>Bodies of requests, bounded.</summary>
internal static class HttpBody
{
    /// <summary>Reads a body whole.</summary>
    /// <exception cref="BadHttpRequestException">It is longer.</exception>
    public static async Task<byte[]> ReadAsync(HttpContext context, int bytesMax)
    {
        if (context.Request.ContentLength > bytesMax)
        {
            throw TooLong(bytesMax);
        }

        byte[] body = new byte[bytesMax + 1];
        int count = await context.Request.Body.ReadAtLeastAsync(
            body, body.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        return count <= bytesMax ? body[..count] : throw TooLong(bytesMax);
    }

    private static BadHttpRequestException TooLong(int bytesMax) =>
        new($"the body is longer than {bytesMax} bytes", StatusCodes.Status413PayloadTooLarge);
}
