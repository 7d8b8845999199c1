using System.Net;
using System.Net.Sockets;
using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>Clients that mean harm, or stand still: they are cut off, and neither data calls nor other HTTP clients fail.</summary>
[Collection("Alone")]
public class HttpHostileTests
{
    [Theory]
    [InlineData("nonsense\r\n\r\n", "400")]
    [InlineData("GET /health HTTP/9.9\r\nHost: a\r\n\r\n", "505")]
    [InlineData("GET http://[::1/health HTTP/1.1\r\nHost: a\r\n\r\n", "400")]
    [InlineData("GET /health HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GET /health\0 HTTP/1.1\r\nHost: a\r\n\r\n", "400")]
    [InlineData("BREW /health HTTP/1.1\r\nHost: a\r\n\r\n", "405")]
    [InlineData("CONNECT /health HTTP/1.1\r\nHost: a\r\n\r\n", "405")]
    [InlineData("GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "404")]
    [InlineData("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "404")]
    [InlineData("GET /query_key?key=../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "200")]
    [InlineData("GET /query_key?key=%zz%f%&&&==%00 HTTP/1.1\r\nHost: a\r\n\r\n", "200")]
    [InlineData("PUT /metadata?key=a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", "413")]
    [InlineData("PUT /metadata?key=a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400")]
    [InlineData("PUT /metadata?key=a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400")]
    [InlineData("PUT /metadata?key=a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "200")]
    public async Task Requests_that_are_not_in_order_are_answered_in_order(string request, string status)
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        Assert.Contains(" " + status, f.SendRaw(request), StringComparison.Ordinal);
        Assert.Equal("leader", await f.TextAsync("/role"));
    }

    [Fact]
    public async Task Long_lines_many_headers_and_long_headers_are_refused()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        string line = $"GET /query_key?key={new string('a', HttpLimits.RequestLineBytesMax)} HTTP/1.1\r\n";
        Assert.Contains(" 414", f.SendRaw(line + "Host: a\r\n\r\n"), StringComparison.Ordinal);
        string header = $"GET /role HTTP/1.1\r\nHost: a\r\nX: {new string('a', HttpLimits.HeaderBytesMax)}\r\n\r\n";
        Assert.Contains(" 431", f.SendRaw(header), StringComparison.Ordinal);
        string headers = string.Concat(Enumerable.Range(0, HttpLimits.HeaderCountMax + 1).Select(i => $"X{i}: a\r\n"));
        Assert.Contains(" 431", f.SendRaw($"GET /role HTTP/1.1\r\nHost: a\r\n{headers}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_an_end_is_cut_off()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using Socket socket = f.ConnectRaw();
        _ = socket.Send("PUT /metadata?key=a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"u8);
        byte[] chunk = Encoding.ASCII.GetBytes("1000\r\n" + new string('a', 0x1000) + "\r\n");
        bool isCut = false;
        for (int i = 0; i < 10_000 && !isCut; i++)
        {
            try
            {
                _ = socket.Send(chunk);
                isCut = socket.Poll(0, SelectMode.SelectRead);
            }
            catch (SocketException)
            {
                isCut = true;
            }
        }

        Assert.True(isCut, "40 MB of one body were taken");
        Assert.Equal("leader", await f.TextAsync("/role"));
    }

    [Fact]
    public async Task Data_calls_and_other_clients_go_on_under_idle_slow_and_greedy_connections()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        string[] keys = [.. Enumerable.Range(0, 200).Select(i => "key" + i)];
        using MetaConnection client = f.Fill(keys);
        List<Socket> sockets = [];
        try
        {
            for (int i = 0; i < 500; i++)
            {
                sockets.Add(f.ConnectRaw());
            }

            // Slow headers, slow bodies, and answers that nobody reads.
            for (int i = 0; i < 60; i++)
            {
                _ = sockets[i].Send((i % 3) switch
                {
                    0 => "GET /metrics HTTP/1.1\r\nHost: a\r\nX-Slow: "u8,
                    1 => "PUT /metadata?key=a HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\na"u8,
                    _ => "GET /get_all_keys HTTP/1.1\r\nHost: a\r\n\r\n"u8,
                });
            }

            using var flood = new CancellationTokenSource();
            Task[] greedy = [.. Enumerable.Range(0, 8).Select(_ => FloodAsync(f, flood.Token))];
            for (int round = 0; round < 200; round++)
            {
                Assert.All(ServerFixture.Exists(client, keys), status => Assert.Equal(MmcStatus.Ok, status));
                ServerFixture.Put(client, $"fresh{round}", 4096);
                if (round % 20 == 0)
                {
                    Assert.Equal("leader", await f.TextAsync("/role"));
                }
            }

            await flood.CancelAsync();
            await Task.WhenAll(greedy);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        Assert.Contains("memcache_stored_keys 400", await f.TextAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_dribbles_its_headers_is_closed()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using Socket socket = f.ConnectRaw();
        _ = socket.Send("GET /role HTTP/1.1\r\nHost: a\r\n"u8);
        long deadline = Deadline.In(30_000);
        bool isClosed = false;
        while (!isClosed)
        {
            Assert.False(Deadline.HasPassed(deadline), "still open after 30 s");
            try
            {
                _ = socket.Send("X: y\r\n"u8);
                isClosed = socket.Poll(200_000, SelectMode.SelectRead);
            }
            catch (SocketException)
            {
                isClosed = true;
            }
        }

        Assert.Equal("leader", await f.TextAsync("/role"));
    }

    [Fact]
    public async Task One_address_can_not_take_every_connection()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        List<Socket> sockets = [];
        try
        {
            for (int i = 0; i < HttpLimits.ConnectionCountMaxPerAddress + 20; i++)
            {
                sockets.Add(f.ConnectRaw());
            }

            int ClosedCount() => sockets.Count(socket => socket.Poll(0, SelectMode.SelectRead) && IsAtEnd(socket));
            ServerFixture.Eventually(() => ClosedCount() >= 20, "connections beyond the bound are closed");
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        ServerFixture.Eventually(
            () => f.SendRaw("GET /role HTTP/1.1\r\nHost: a\r\n\r\n").Contains("200", StringComparison.Ordinal),
            "there is room again");
    }

    private static bool IsAtEnd(Socket socket)
    {
        try
        {
            return socket.Receive(new byte[16], SocketFlags.Peek) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task FloodAsync(HttpFixture f, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer = await f.Client.GetAsync("/api/v1/keys?limit=10000", cancellation);
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"{answer.StatusCode}");
            }
            catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
            {
                // The end of the flood, or a connection that was closed on it.
            }
        }
    }
}
