using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.MetaService.Metrics;

public class TraceTests
{
    [Fact]
    public void The_table_shows_every_operation_and_the_phases_of_clients()
    {
        using var fixture = new ServerFixture();
        using MetaConnection connection = fixture.Connect();
        _ = ServerFixture.JoinOk(connection, 1 << 20);
        ServerFixture.Put(connection, "key", 5000);
        string[] lines = TraceTable.Format(fixture.Server).TrimEnd('\n').Split('\n');
        Assert.Equal(1 + OperationNames.All.Length + ReportLayout.PhaseCount, lines.Length);
        Assert.Equal(
            ["trace_point", "begin", "good_end", "bad_end", "on_fly", "min(us)", "max(us)", "avg(us)", "total(us)"],
            lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        string alloc = Assert.Single(lines, line => line.StartsWith("alloc ", StringComparison.Ordinal));
        Assert.Equal(["alloc", "1", "1", "0", "0"], alloc.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..5]);
        Assert.Contains(lines, line => line.StartsWith("client_get_copy ", StringComparison.Ordinal));
        Assert.Equal(
            ["alloc", "batch_alloc", "remove", "batch_remove"],
            TraceTable.AllocFree(fixture.Server).Select(row => row.Name));
    }

    [Fact]
    public void What_runs_is_on_the_fly_and_what_failed_is_a_bad_end()
    {
        var lane = new RequestLane();
        lane.Begin(Opcode.Reserve, 0);
        Assert.Equal((1, 1), (lane.Trace(Operation.Alloc).Begin, lane.Trace(Operation.Alloc).OnFly));
        lane.End(Opcode.Reserve, Operation.BatchAlloc, hasFailed: true, 8, 2000);
        lane.Note(Operation.BatchAlloc, hasFailed: false, 8, 4000);
        Assert.Equal((0, 0), (lane.Trace(Operation.Alloc).Begin, lane.Trace(Operation.Alloc).OnFly));
        TraceRow row = lane.Trace(Operation.BatchAlloc);
        Assert.Equal((2, 1, 1, 0), (row.Begin, row.GoodEnd, row.BadEnd, row.OnFly));
        Assert.Equal(row.MaxMicroseconds, 2 * row.MinMicroseconds, 6);
        Assert.Equal(row.TotalMicroseconds, 2 * row.AverageMicroseconds, 6);
    }
}
