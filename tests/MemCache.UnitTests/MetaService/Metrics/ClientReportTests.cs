using MemCache.Core;
using MemCache.Fabric;
using MemCache.MetaService;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.MetaService.Metrics;

public class ClientReportTests
{
    private static readonly RankId Rank = new(3);

    [Fact]
    public void What_ranks_report_adds_up_for_the_pool_and_for_each()
    {
        var reports = new ClientReports();
        reports.Add(Rank, [Entry(ReportCounter.GetBytes, (int)DataPath.Tcp, 10)]);
        reports.Add(Rank, [Entry(ReportCounter.GetBytes, (int)DataPath.Tcp, 5), Entry(ReportCounter.GetBytes,
            (int)DataPath.Own, 1)]);
        reports.Add(RankId.None, [Entry(ReportCounter.GetBytes, (int)DataPath.Tcp, 100)]);

        int tcp = ReportLayout.SlotOf(ReportCounter.GetBytes, (int)DataPath.Tcp);
        Assert.Equal(115, reports.ReadPool()[tcp]);
        Assert.Equal(1, reports.ReadPool()[ReportLayout.SlotOf(ReportCounter.GetBytes, (int)DataPath.Own)]);
        Assert.Equal([("3", 15L), ("none", 100L)], reports.ReadRanks().Select(rank => (rank.Rank, rank.Sums[tcp])));
        Assert.Equal(3, reports.ReportCount);
    }

    [Fact]
    public void What_this_version_does_not_know_is_left_out()
    {
        var reports = new ClientReports();
        reports.Add(Rank, [Entry((ReportCounter)9999, 0, 1), Entry(ReportCounter.GetBytes, 77, 1),
            Entry(ReportCounter.None, 0, 1)]);
        Assert.All(reports.ReadPool(), sum => Assert.Equal(0, sum));
    }

    [Fact]
    public void No_number_makes_a_counter_go_back()
    {
        var reports = new ClientReports();
        int slot = ReportLayout.SlotOf(ReportCounter.Timeouts);
        long before = 0;
        foreach (ulong value in new ulong[] { 5, ulong.MaxValue, long.MaxValue, long.MaxValue / 2, long.MaxValue / 2,
            long.MaxValue / 2 })
        {
            reports.Add(Rank, [Entry(ReportCounter.Timeouts, 0, value)]);
            long now = reports.ReadPool()[slot];
            Assert.True(now >= before);
            before = now;
        }

        Assert.Equal(long.MaxValue, before);
    }

    [Fact]
    public void Extremes_are_kept_and_not_added()
    {
        var reports = new ClientReports();
        foreach (ulong value in new ulong[] { 20, 10, 30 })
        {
            reports.Add(Rank,
            [
                Entry(ReportCounter.PhaseNanosecondsMin, (int)ClientPhase.GetCopy, value),
                Entry(ReportCounter.PhaseNanosecondsMax, (int)ClientPhase.GetCopy, value),
            ]);
        }

        TraceRow row = ReportTraces.Read(reports.ReadPool(), "")[(int)ClientPhase.GetCopy];
        Assert.Equal((0.01, 0.03), (row.MinMicroseconds, row.MaxMicroseconds));
    }

    [Fact]
    public void Every_slot_has_an_entry_that_leads_back_to_it_and_one_report_has_room_for_all()
    {
        Assert.InRange(ReportLayout.SlotCount, ReportLayout.PlainSlotCount + 1, WireLimits.ReportEntryCountMax);
        for (int slot = 0; slot < ReportLayout.SlotCount; slot++)
        {
            Assert.True(ReportLayout.TryFind(ReportLayout.EntryOf(slot, 1), out int found));
            Assert.Equal(slot, found);
        }
    }

    [Fact]
    public void A_report_is_taken_from_the_session_that_it_names_only()
    {
        using var fixture = new ServerFixture();
        using MetaConnection connection = fixture.Connect();
        Joined joined = ServerFixture.JoinOk(connection, 1 << 20);
        Assert.Equal(MmcStatus.Ok, Report(connection, joined.Session));
        Assert.Equal(MmcStatus.NotConnectedToMeta, Report(connection, new SessionId(joined.Session.Value + 1)));
        Assert.Equal(1, fixture.Server.Reports.ReportCount);
        Assert.Contains(
            $"memcache_rank_get_bytes_total{{rank=\"{joined.Rank.Value}\",path=\"tcp\"}} 4096\n",
            MetricsPage.Format(fixture.Server), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rank_that_leaves_and_comes_back_goes_on_where_it_was()
    {
        using var fixture = new ServerFixture();
        for (int round = 1; round <= 3; round++)
        {
            using MetaConnection connection = fixture.Connect();
            Joined joined = ServerFixture.JoinOk(connection, 1 << 20, Rank);
            Assert.Equal(MmcStatus.Ok, Report(connection, joined.Session));
            Assert.Equal(MmcStatus.Ok, ServerFixture.Leave(connection, joined.Session));
            int slot = ReportLayout.SlotOf(ReportCounter.GetBytes, (int)DataPath.Tcp);
            Assert.Equal(round * 4096, fixture.Server.Reports.ReadPool()[slot]);
            Assert.Equal(round * 4096, Assert.Single(fixture.Server.Reports.ReadRanks()).Sums[slot]);
        }
    }

    private static MmcStatus Report(MetaConnection connection, SessionId session)
    {
        ReportEntry[] entries = [Entry(ReportCounter.GetBytes, (int)DataPath.Tcp, 4096)];
        int length = ReportRequest.Encode(connection.Payload(ReportRequest.SizeBytes(1)), session, entries);
        return connection.Call(Opcode.Report, length, ServerFixture.Soon, out _);
    }

    private static ReportEntry Entry(ReportCounter counter, int index, ulong value) =>
        new() { Counter = counter, Index = (ushort)index, Value = value };
}
