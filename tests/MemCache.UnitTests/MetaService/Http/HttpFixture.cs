using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>A MetaService with its HTTP side in this process, and one-line calls to it.</summary>
internal sealed class HttpFixture : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HttpClientHandler _handler = new();

    private HttpFixture(ServerFixture pool, WebApplication application)
    {
        Pool = pool;
        _application = application;
        // Certificates are judged where a test is about them.
        _handler.ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
        {
            ServerSubject = certificate?.Subject ?? "";
            return true;
        };
        Client = new HttpClient(_handler)
        {
            BaseAddress = new Uri(pool.Options.MetricsUrl),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public ServerFixture Pool { get; }

    public HttpClient Client { get; }

    /// <summary>Subject of the last certificate that the server has shown.</summary>
    public string ServerSubject { get; private set; } = "";

    /// <summary>Every call that it has.</summary>
    public IReadOnlyList<HttpCall> Calls => OpenApiEndpoint.CallsOf(_application);

    public int Port => new Uri(Pool.Options.MetricsUrl).Port;

    public static async Task<HttpFixture> StartAsync(
        Action<MetaServiceOptions>? configure = null, string scheme = "http", TimeProvider? time = null)
    {
        var pool = new ServerFixture(configure: options =>
        {
            options.MetricsUrl = $"{scheme}://127.0.0.1:{ServerFixture.FreePort()}";
            configure?.Invoke(options);
            options.Validate();
        });
        WebApplication application = HttpEndpoint.Build(
            pool.Options, pool.Server, new NoLifetime(), logging => logging.SetMinimumLevel(LogLevel.None), time ?? TimeProvider.System);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new HttpFixture(pool, application);
    }

    /// <summary>A client with objects of these keys, 4 KiB each, in one segment: rank 0.</summary>
    public MetaConnection Fill(params string[] keys)
    {
        MetaConnection client = Pool.Connect();
        ServerFixture.JoinOk(client, 64 << 20);
        foreach (string key in keys)
        {
            ServerFixture.Put(client, key, 4096);
        }

        return client;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage answer = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return await ReadAsync(answer);
    }

    public Task<string> TextAsync(string path) => Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string? token = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "text/plain");
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string? body = null, string? token = null, string? origin = null)
    {
        using HttpResponseMessage answer = await SendAsync(method, path, body, token, origin);
        return answer.StatusCode;
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    /// <summary>A socket that sends what it is told.</summary>
    public Socket ConnectRaw()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = 30_000,
            SendTimeout = 30_000,
            NoDelay = true,
        };
        socket.Connect(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>Sends bytes on a connection of their own; the answer's first line, or empty if the connection was closed.</summary>
    public string SendRaw(string request)
    {
        using Socket socket = ConnectRaw();
        _ = socket.Send(Encoding.Latin1.GetBytes(request));
        return FirstLine(socket);
    }

    public static string FirstLine(Socket socket)
    {
        byte[] room = new byte[4096];
        var text = new StringBuilder();
        try
        {
            int count;
            while (!text.ToString().Contains('\n', StringComparison.Ordinal) && (count = socket.Receive(room)) > 0)
            {
                text.Append(Encoding.Latin1.GetString(room, 0, count));
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with something unread: as good as an end of stream.
        }

        return text.ToString().Split('\r')[0];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _handler.Dispose();
        await _application.DisposeAsync();
        Pool.Dispose();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
