using MemCache.Meta;
using MemCache.MetaService;
using MemCache.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MemCache.UnitTests.MetaService;

public class EventRingTests
{
    private readonly EventRing _events = new(new FakeClock());

    [Fact]
    public void Lines_of_the_log_become_events_with_their_values_whatever_the_log_keeps()
    {
        ILogger logger = _events.Watch(NullLogger.Instance);
        DashboardLog.EvictionEnded(logger, 12, 3);
        Log.Summary(logger, "not an event");
        ServerEvent one = Assert.Single(_events.After(0));
        Assert.Equal(("eviction_ended", "info", 1), (one.Kind, one.Level, one.Id));
        Assert.Equal("12", one.Fields["Count"]);
        Assert.Equal("eviction has ended: 12 objects in 3 s", one.Text);
    }

    [Fact]
    public void Watched_log_gets_every_line()
    {
        var lines = new LogLines();
        ILogger logger = _events.Watch(lines);
        Log.Summary(logger, "figures");
        DashboardLog.RejectingBegan(logger);
        Assert.Equal(2, lines.All.Count);
        Assert.Equal("warning", Assert.Single(_events.After(0)).Level);
    }

    [Fact]
    public void Oldest_events_make_room_and_texts_are_bounded()
    {
        for (int i = 0; i < EventRing.CountMax + 10; i++)
        {
            _events.Add("lost", LogLevel.Warning, new string('x', 5000), new Dictionary<string, string>());
        }

        ServerEvent[] all = _events.After(0);
        Assert.Equal(EventRing.CountMax, all.Length);
        Assert.Equal(Enumerable.Range(11, EventRing.CountMax).Select(id => (long)id), all.Select(one => one.Id));
        Assert.True(all[0].Text.Length <= EventRing.TextLengthMax + 1);
        Assert.Equal(2, _events.After(_events.LastId - 2).Length);
        Assert.Empty(_events.After(_events.LastId));
        Assert.Empty(_events.After(long.MaxValue));
    }

    [Fact]
    public void Pressure_is_told_once_when_it_begins_and_once_when_it_has_ended()
    {
        var watch = new PressureWatch(_events.Watch(NullLogger.Instance));
        var stats = new MetaEngineStats();
        long nowMs = 1;
        watch.Look(stats, nowMs);
        for (int i = 0; i < 30; i++)
        {
            stats = stats with { EvictedByWatermark = stats.EvictedByWatermark + 5 };
            watch.Look(stats, nowMs += 20_000);
        }

        Assert.Equal(["eviction_began"], _events.After(0).Select(one => one.Kind));
        watch.Look(stats, nowMs += PressureWatch.QuietMs - 1);
        watch.Look(stats with { ReservesRejected = 1 }, nowMs += 1);
        ServerEvent[] all = _events.After(0);
        Assert.Equal(["eviction_began", "eviction_ended", "rejecting_began"], all.Select(one => one.Kind));
        Assert.Equal("150", all[1].Fields["Count"]);
    }
}
