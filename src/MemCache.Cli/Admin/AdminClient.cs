using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace MemCache.Cli;

/// <summary>Asks a MetaService over HTTP. Every refusal and every failure is an <see cref="AdminException"/>.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _url;

    /// <summary>A client; connects with its first call.</summary>
    /// <exception cref="AdminException">A file of the target can't be used.</exception>
    public AdminClient(AdminTarget target)
    {
        _url = target.Url;
        _http = new HttpClient(Handler(target), disposeHandler: true)
        {
            BaseAddress = target.Url,
            Timeout = target.Timeout,
        };
        if (target.Token.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", target.Token);
        }
    }

    /// <summary>The JSON that a GET answers.</summary>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), ReadJsonAsync, cancellation);

    /// <summary>The JSON that a POST answers.</summary>
    public Task<JsonElement> PostAsync(string path, string body, CancellationToken cancellation) => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        },
        ReadJsonAsync, cancellation);

    /// <summary>The text that a GET answers.</summary>
    public Task<string> GetTextAsync(string path, CancellationToken cancellation) => SendAsync(
        new HttpRequestMessage(HttpMethod.Get, path),
        async response =>
        {
            string text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            ThrowIfRefused(text);
            return text;
        },
        cancellation);

    /// <summary>The lines that a GET answers, as they come.</summary>
    public async IAsyncEnumerable<string> GetLinesAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        HttpResponseMessage answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, path), Task.FromResult, cancellation).ConfigureAwait(false);
        using HttpResponseMessage response = answer;
        Stream stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var reader = new StreamReader(stream);
        bool isFirst = true;
        while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            if (isFirst)
            {
                ThrowIfRefused(line);
                isFirst = false;
            }

            yield return line;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, Func<HttpResponseMessage, Task<T>> read, CancellationToken cancellation)
    {
        try
        {
            HttpResponseMessage response = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                string text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
                ThrowIfRefused(text);
                throw new AdminException(
                    $"{_url} answered {(int)response.StatusCode} {response.ReasonPhrase}{Hint(response)}");
            }

            return await read(response).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            throw new AdminException($"{_url} is not reached: {failure.InnerException?.Message ?? failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new AdminException($"{_url} did not answer within {_http.Timeout.TotalSeconds:0} s (--timeout)");
        }
    }

    private async Task<JsonElement> ReadJsonAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        ThrowIfRefused(text);
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            throw new AdminException($"{_url} does not answer as a MetaService does");
        }
    }

    // {"success": false, "error_message": "…"} is how a MetaService refuses, whatever the status code.
    private static void ThrowIfRefused(string text)
    {
        if (!text.StartsWith('{'))
        {
            return;
        }

        JsonElement json;
        try
        {
            json = JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return;
        }

        if (json.TryGetProperty("success", out JsonElement success) && success.ValueKind == JsonValueKind.False)
        {
            throw new AdminException(
                json.TryGetProperty("error_message", out JsonElement message) ? message.GetString() ?? "" : text);
        }
    }

    private static string Hint(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        401 => $": it wants a bearer token (--token-file or {AdminOptions.TokenFileVariable})",
        404 => ": an older MetaService, or another program",
        _ => "",
    };

    private static SocketsHttpHandler Handler(AdminTarget target)
    {
        try
        {
            var tls = new SslClientAuthenticationOptions();
            if (target.CertificatePath.Length > 0)
            {
                tls.ClientCertificates =
                    [X509Certificate2.CreateFromPemFile(target.CertificatePath, target.KeyPath)];
            }

            if (target.AuthorityPath.Length > 0)
            {
                tls.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                };
                tls.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(target.AuthorityPath);
            }

            return new SocketsHttpHandler { SslOptions = tls, UseProxy = false, AllowAutoRedirect = false };
        }
        catch (CryptographicException failure)
        {
            throw new AdminException($"--ca, --cert or --key: {failure.Message}");
        }
    }
}
