using System.Diagnostics;
using System.Net;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <content>Rows that time single calls against bare round trips.</content>
internal sealed partial class BenchRun
{
    private const int CallsPerRound = 200;
    private const int CallsPerTurn = 50;
    private const int PutKeyCount = CallsPerRound;

    // Both ends compile their loops a second time, with what they have learnt, some tenths of a second after they got
    // hot.
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1.5);

    private const int SmallObjectBytes = 4096;
    private const string SmallFamily = "small";
    private const int SmallObjectCount = 256;
    private const string UnixReference = "round trip of the same bytes over a blocking Unix socket";

    private async Task MeasureCallsAsync(ObjectStore store, string scratchDirectory, CancellationToken cancellation)
    {
        progress("single calls");
        string socketPath = Path.Combine(scratchDirectory, "echo.sock");
        BenchPeer echo = await BenchPeer.StartAsync(
            "the echo process", WorkerCommand.EchoName, [socketPath], cancellation).ConfigureAwait(false);
        await using (echo.ConfigureAwait(false))
        {
            EndPoint endpoint = BareSocket.Parse(socketPath);
            StoreSmallObjects(store, default);
            foreach (int count in (int[])[1, 100, 256])
            {
                MeasureExist(store, endpoint, count, cancellation);
            }

            MeasurePut(store, endpoint, cancellation);
            WireBytes lookup = WireBytes.Lookup(BenchKeys.Batch(SmallFamily, 7, 1));
            MeasureGet("get_4k", store, endpoint, lookup, UnixReference, cancellation);
        }
    }

    private static void StoreSmallObjects(ObjectStore store, ReplicateOptions placement)
    {
        var value = new byte[SmallObjectBytes];
        for (int i = 0; i < SmallObjectCount; i++)
        {
            Check(store.Put(BenchKeys.Key(SmallFamily, i), value, placement));
        }
    }

    private void MeasureExist(ObjectStore store, EndPoint endpoint, int count, CancellationToken cancellation)
    {
        KeyBatch keys = BenchKeys.Batch(SmallFamily, 0, count);
        var results = new MmcStatus[count];
        keys.Spans.TryGet(0, out ReadOnlySpan<byte> single);
        byte[] key = single.ToArray();
        MeasureCalls(
            FormattableString.Invariant($"exist_{count}"),
            endpoint,
            [WireBytes.Exists(keys)],
            UnixReference,
            count == 1 ? () => store.Exists(key) : () => store.ExistsBatch(keys, results),
            () => { },
            cancellation);
    }

    private void MeasurePut(ObjectStore store, EndPoint endpoint, CancellationToken cancellation)
    {
        // Every call needs a key of its own; what a round has put is removed before the next one.
        var keys = new byte[PutKeyCount][];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = System.Text.Encoding.UTF8.GetBytes(BenchKeys.Key("put4k", i));
        }

        KeyBatch all = BenchKeys.Batch("put4k", 0, keys.Length);
        var results = new MmcStatus[keys.Length];
        var value = new byte[SmallObjectBytes];
        int next = 0;
        MeasureCalls(
            "put_4k",
            endpoint,
            [WireBytes.Reserve(BenchKeys.Batch("put4k", 0, 1)), WireBytes.Commit(1)],
            "two round trips of the same bytes over a blocking Unix socket",
            () => store.Put(keys[next++], value),
            () =>
            {
                store.RemoveBatch(all, results);
                next = 0;
            },
            cancellation);
    }

    private void MeasureGet(
        string name, ObjectStore store, EndPoint endpoint, WireBytes bytes, string reference,
        CancellationToken cancellation)
    {
        byte[] key = System.Text.Encoding.UTF8.GetBytes(BenchKeys.Key(SmallFamily, 7));
        var destination = new byte[SmallObjectBytes];
        MeasureCalls(
            name,
            endpoint,
            [bytes],
            reference,
            () => store.Get(key, destination, out _),
            () => { },
            cancellation);
    }

    // Turns of ours and of the bare round trips alternate. The figure is the median over the rounds of the median call
    // of a round.
    private void MeasureCalls(
        string name,
        EndPoint endpoint,
        WireBytes[] trips,
        string reference,
        Func<MmcStatus> call,
        Action betweenRounds,
        CancellationToken cancellation)
    {
        if (!Wants(name))
        {
            return;
        }

        BareSocket[] sockets = [.. trips.Select(bytes => new BareSocket(endpoint, bytes))];
        try
        {
            var ours = new Samples();
            var bare = new Samples();
            long begin = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begin) < WarmUpTime)
            {
                MeasureRound(call, sockets, new Samples(), new Samples());
                betweenRounds();
            }

            begin = Stopwatch.GetTimestamp();
            for (int round = 0; IsWanted(round, begin); round++)
            {
                cancellation.ThrowIfCancellationRequested();
                MeasureRound(call, sockets, ours, bare);
                betweenRounds();
            }

            _rows[name] = BenchRow.OfDuration(name, ours.Median(), reference, bare.Median());
        }
        finally
        {
            foreach (BareSocket socket in sockets)
            {
                socket.Dispose();
            }
        }
    }

    private static void MeasureRound(Func<MmcStatus> call, BareSocket[] sockets, Samples ours, Samples bare)
    {
        var oursOfRound = new Samples();
        var bareOfRound = new Samples();
        for (int turn = 0; turn < CallsPerRound / CallsPerTurn; turn++)
        {
            TimeCalls(CallsPerTurn, () => RoundTrips(sockets), bareOfRound);
            TimeCalls(CallsPerTurn, () => Check(call()), oursOfRound);
        }

        ours.Add(oursOfRound.Median());
        bare.Add(bareOfRound.Median());
    }

    private static void RoundTrips(BareSocket[] sockets)
    {
        foreach (BareSocket socket in sockets)
        {
            socket.RoundTrip();
        }
    }

    private static void TimeCalls(int count, Action call, Samples microseconds)
    {
        for (int i = 0; i < count; i++)
        {
            microseconds.Add(Time(call).TotalMicroseconds);
        }
    }

    private static void Check(MmcStatus status)
    {
        if (status != MmcStatus.Ok)
        {
            throw new ChildProcessException($"a call of the bench failed: {status} ({(int)status})");
        }
    }
}
