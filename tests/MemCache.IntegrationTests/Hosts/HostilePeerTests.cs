using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MemCache.Core;
using Xunit;
using ChildProcess = MemCache.Testing.ChildProcess;

namespace MemCache.IntegrationTests;

/// <summary>
/// Peers that send garbage, or nothing, to every port of a pool over a real network, while good traffic goes on there
/// unaffected.
/// </summary>
public sealed class HostilePeerTests
{
    private const int KeyCount = 20;
    private const int ObjectBytes = 100_000;
    private const int HalfOpenCount = 50;
    private static readonly TimeSpan Attack = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task Good_traffic_goes_on_while_hostile_peers_try_every_port()
    {
        await using var pool = new HostPool(2);
        ChildProcess rank = pool.StartHost(pool.Hosts[0], 64L << 20);
        ChildProcess reader = pool.StartHost(pool.Hosts[1]);
        Assert.Equal("0", reader.Ask(FormattableString.Invariant($"put-all 1 o {KeyCount} {ObjectBytes}")));
        IPEndPoint[] ports =
        [
            EndPoint(pool.Meta.MetaServiceUrl), EndPoint(pool.Meta.ConfigStoreUrl),
            IPEndPoint.Parse($"{pool.Hosts[0].Address}:7000"),
        ];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(Attack);

        reader.Send(FormattableString.Invariant(
            $"read-all o {KeyCount} {ObjectBytes} {Attack.TotalMilliseconds:0} {HostPool.CallTimeout.TotalMilliseconds:0}"));
        await Task.WhenAll(ports.SelectMany((port, i) => (Task[])
        [
            SendNoiseAsync(port, (ulong)i, end.Token), SendAbsurdLengthsAsync(port, end.Token),
            SendSlowlyAsync(port, end.Token), SayNothingAsync(port, end.Token),
        ]));

        string line = reader.ReadLine(TimeSpan.FromSeconds(60), "what was read");
        long[] counts = [.. line.Split(' ').Skip(1).Take(5).Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        Assert.True(counts[0] > 100, $"hardly anything was read: {line}");
        Assert.True(counts[1..].All(count => count == 0), $"misses, errors, wrong bytes or slow calls: {line}");
        Assert.False(rank.HasExited);
        Assert.False(pool.Meta.Child.HasExited, pool.Meta.Child.Output);
        // What the attackers held is given back: two processes with a membership connection each, and what they use for data.
        Assert.Equal(2, pool.Meta.ReadMetric("memcache_sessions"));
    }

    private static IPEndPoint EndPoint(string url) => IPEndPoint.Parse(url["tcp://".Length..]);

    private static Task SendNoiseAsync(IPEndPoint port, ulong seed, CancellationToken end)
    {
        var random = new SplitMix64(seed);
        return RepeatAsync(port, async (socket, cancellation) =>
        {
            byte[] noise = new byte[1 + random.Below(4000)];
            foreach (ref byte value in noise.AsSpan())
            {
                value = (byte)random.Next();
            }

            await socket.SendAsync(noise, cancellation);
        }, end);
    }

    // Four bytes of a length that nobody can mean, at every place where a length may be expected.
    private static Task SendAbsurdLengthsAsync(IPEndPoint port, CancellationToken end) =>
        RepeatAsync(port, async (socket, cancellation) =>
        {
            byte[] bytes = new byte[256];
            Array.Fill(bytes, (byte)0xff);
            await socket.SendAsync(bytes, cancellation);
            await socket.ReceiveAsync(bytes, cancellation);
        }, end);

    // A byte now and then: the beginning of something that never ends.
    private static Task SendSlowlyAsync(IPEndPoint port, CancellationToken end) =>
        RepeatAsync(port, async (socket, cancellation) =>
        {
            for (int i = 0; i < 100; i++)
            {
                await socket.SendAsync(new byte[1], cancellation);
                await Task.Delay(100, cancellation);
            }
        }, end);

    // Connections that are opened and left so.
    private static async Task SayNothingAsync(IPEndPoint port, CancellationToken end)
    {
        var sockets = new List<Socket>();
        try
        {
            for (int i = 0; i < HalfOpenCount; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(port, end);
            }

            await Task.Delay(Timeout.Infinite, end);
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            // The attack is over, or was refused.
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task RepeatAsync(
        IPEndPoint port, Func<Socket, CancellationToken, Task> attack, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(port, end);
                await attack(socket, end);
            }
            catch (Exception refused) when (refused is SocketException or OperationCanceledException)
            {
                // What is refused is tried again.
            }
        }
    }
}
