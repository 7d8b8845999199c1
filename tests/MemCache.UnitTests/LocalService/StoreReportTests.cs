using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using MemCache.Core;
using MemCache.LocalService;
using MemCache.MetaService;
using MemCache.Protocol;
using MemCache.Testing;
using MemCache.UnitTests.MetaService;
using Xunit;

namespace MemCache.UnitTests.LocalService;

// A listener to events is one for all of the process: while it listens, other tests would allocate.
[Collection("Alone")]
public sealed class StoreReportTests : IDisposable
{
    private const int ObjectBytes = 10_000;

    private readonly TwoHosts _hosts = new();

    public void Dispose() => _hosts.Dispose();

    [Fact]
    public void Bytes_are_reported_by_the_way_they_went()
    {
        ObjectStore owner = _hosts.Open(host: 0);
        ObjectStore neighbour = _hosts.Open(host: 0, dramBytes: 0);
        ObjectStore far = _hosts.Open(host: 1, dramBytes: 0);
        Assert.Equal(MmcStatus.Ok, owner.Put("own", KeyedContent.Of("own", ObjectBytes)));
        Assert.Equal(MmcStatus.Ok, neighbour.Put("mapped", KeyedContent.Of("mapped", ObjectBytes)));
        Assert.Equal(MmcStatus.Ok, far.Put("tcp", KeyedContent.Of("tcp", ObjectBytes)));
        byte[] room = new byte[ObjectBytes];
        foreach (ObjectStore store in new[] { owner, neighbour, far })
        {
            Assert.Equal(MmcStatus.Ok, store.Get("own", room, out _));
            Assert.Equal(MmcStatus.ObjectNotFound, store.Get("absent", room, out _));
        }

        WaitFor(ReportCounter.GetMisses, 0, 3);
        foreach (ReportCounter objects in new[] { ReportCounter.GetObjects, ReportCounter.PutReplicas })
        {
            foreach (DataPath path in Enum.GetValues<DataPath>())
            {
                WaitFor(objects, (int)path, 1);
                WaitFor(objects + 1, (int)path, ObjectBytes);
            }
        }

        Assert.Equal(3, Read(ReportCounter.Sessions, 0));
        Assert.Equal(["0", "none"], _hosts.Server.Server.Reports.ReadRanks().Select(rank => rank.Rank));
    }

    [Fact]
    public void What_a_store_did_last_is_reported_when_it_leaves()
    {
        ObjectStore store = _hosts.Open(host: 0);
        Assert.Equal(MmcStatus.Ok, store.Put("key", KeyedContent.Of("key", ObjectBytes)));
        Assert.Equal(MmcStatus.Ok, store.Exists("key"));
        Assert.NotNull(store.Get("key"));
        Assert.Equal(MmcStatus.Ok, store.Remove("key"));
        _hosts.Close(store);
        long[] pool = _hosts.Server.Server.Reports.ReadPool();
        foreach (ClientCall call in new[] { ClientCall.Put, ClientCall.Exist, ClientCall.Get, ClientCall.Remove })
        {
            long calls = 0;
            foreach (long count in pool.AsSpan(ReportLayout.SlotOf(call, 0), LatencyBuckets.Count))
            {
                calls += count;
            }

            Assert.Equal(1, calls);
            Assert.Equal(0, Read(ReportCounter.CallFailures, (int)call));
        }

        Assert.Equal(1, Read(ReportCounter.PhasesGood, (int)ClientPhase.PutCommit));
        Assert.Contains("memcache_client_call_duration_seconds_count{call=\"put\"} 1\n",
            MetricsPage.Format(_hosts.Server.Server), StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_that_takes_another_replica_is_a_fail_over()
    {
        ObjectStore first = _hosts.Open(host: 0);
        ObjectStore second = _hosts.Open(host: 0);
        ObjectStore reader = _hosts.Open(host: 1, dramBytes: 0);
        Assert.Equal(
            MmcStatus.Ok, first.Put("key", KeyedContent.Of("key", ObjectBytes), new ReplicateOptions(2, first.Rank,
            second.Rank)));
        _hosts.Transport.Fail = operation =>
            operation.Segment.Rank == _hosts.Transport.Started[0].Segment.Rank ? MmcStatus.LinkNotFound : null;
        Assert.NotNull(reader.Get("key"));
        WaitFor(ReportCounter.FailOvers, 0, 1);
    }

    [Fact]
    public void The_traces_of_a_store_show_its_phases()
    {
        ObjectStore store = _hosts.Open(host: 0);
        Assert.Equal(MmcStatus.Ok, store.Put("key", KeyedContent.Of("key", ObjectBytes)));
        IReadOnlyList<TraceRow> rows = store.ReadTraces();
        Assert.Equal(["get_lookup", "get_copy", "put_reserve", "put_copy", "put_commit"], rows.Select(row => row.Name));
        Assert.All(rows.Skip(2), row =>
        {
            Assert.Equal((1, 1, 0, 0), (row.Begin, row.GoodEnd, row.BadEnd, row.OnFly));
            Assert.InRange(row.MinMicroseconds, 0.001, row.MaxMicroseconds);
        });
    }

    [Fact]
    public void Counting_a_call_and_its_phases_allocates_nothing_while_nobody_listens()
    {
        var lane = new StoreLane();
        Assert.Equal(0, SteadyState.AllocatedBytes(10_000, i =>
        {
            StoreEvents.Log.Begin(ClientCall.Get);
            lane.End(ClientPhase.GetCopy, lane.Begin(ClientPhase.GetCopy), isGood: true);
            lane.AddMoved(ReportCounter.GetObjects, DataPath.Own, 1, i);
            lane.AddCall(ClientCall.Get, i, hasFailed: false, isTimeout: false);
            StoreEvents.Log.End(ClientCall.Get, MmcStatus.Ok, i);
        }));
    }

    [Fact]
    public void A_listener_sees_calls_phases_and_requests()
    {
        ObjectStore store = _hosts.Open(host: 0);
        using var listener = new Listener();
        Assert.Equal(MmcStatus.Ok, store.Put("key", KeyedContent.Of("key", ObjectBytes)));
        Assert.NotNull(store.Get("key"));
        Assert.Contains("CallStart put", listener.Seen);
        Assert.Contains("CallStop put 0", listener.Seen);
        Assert.Contains("CallStop get 0", listener.Seen);
        Assert.Contains("PhaseEnded put_copy 1", listener.Seen);
        Assert.Contains("PhaseEnded get_lookup 1", listener.Seen);
        Assert.Contains("Handled alloc 1", listener.Seen);
    }

    private long Read(ReportCounter counter, int index) =>
        _hosts.Server.Server.Reports.ReadPool()[ReportLayout.SlotOf(counter, index)];

    private void WaitFor(ReportCounter counter, int index, long expected) => ServerFixture.Eventually(
        () => Read(counter, index) == expected, $"{counter}[{index}] is {Read(counter, index)}, expected {expected}");

    private sealed class Listener : EventListener
    {
        public ConcurrentBag<string> Seen { get; } = [];

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name is "MemCache-LocalService" or "MemCache-MetaService")
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        // The last value is a duration.
        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            IEnumerable<object?> values = eventData.Payload!;
            values = eventData.EventName == "CallStart" ? values : values.SkipLast(1);
            Seen.Add($"{eventData.EventName} {string.Join(' ', values)}");
        }
    }
}
