using System.Diagnostics;
using MemCache.Meta;
using MemCache.MetaService;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.MetaService;

public class HistoryTests
{
    private readonly FakeClock _time = new();
    private readonly RequestLane _requests = new();
    private readonly History _history;
    private MetaEngineStats _stats = new();

    public HistoryTests() => _history = new History(new MonotonicClock(_time), _time);

    [Fact]
    public void Point_holds_what_happened_between_two_samples()
    {
        Sample();
        for (int i = 0; i < 100; i++)
        {
            // 99 of them between 32 and 64 us, one between 512 and 1024.
            _requests.Note(Operation.BatchGet, hasFailed: false, 8, (i < 99 ? 40 : 600) * Stopwatch.Frequency / 1_000_000);
        }

        _stats = _stats with { LookupHits = 600, LookupMisses = 200, EvictedByReserve = 4, ObjectCount = 7 };
        _time.Advance(TimeSpan.FromSeconds(2));
        HistoryPoint point = Assert.Single(Sample(HistoryRange.Minutes));
        Assert.Equal(50, point.RequestsPerSecond);
        Assert.Equal(400, point.GetKeysPerSecond);
        Assert.Equal(0.75, point.LookupHitRatio);
        Assert.Equal(2, point.EvictedByReservePerSecond);
        Assert.Equal(7, point.ObjectCount);
        Assert.InRange(point.GetP50, 32, 64);
        Assert.InRange(point.GetP99, 32, 64);
        Assert.True(double.IsNaN(point.ExistP50) && double.IsNaN(point.ExistHitRatio));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Sample(HistoryRange.Minutes)[^1].RequestsPerSecond);
    }

    [Fact]
    public void Every_range_keeps_its_step_and_its_length()
    {
        const int Seconds = 4000;
        for (int i = 0; i <= Seconds; i++)
        {
            Sample();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(300, _history.After(HistoryRange.Minutes, 0).Length);
        HistoryPoint[] hour = _history.After(HistoryRange.Hour, 0);
        Assert.Equal(360, hour.Length);
        Assert.All(hour.Zip(hour.Skip(1)), pair => Assert.Equal(10_000, pair.Second.TimeMs - pair.First.TimeMs));
        Assert.Equal(Seconds / 60, _history.After(HistoryRange.Day, 0).Length);
        Assert.Equal(2, _history.After(HistoryRange.Hour, hour[^3].TimeMs).Length);
        Assert.Empty(_history.After(HistoryRange.Hour, long.MaxValue));
    }

    [Fact]
    public void Samples_that_come_a_little_early_or_late_leave_no_point_out()
    {
        for (int i = 0; i <= 100; i++)
        {
            Sample();
            _time.Advance(TimeSpan.FromMilliseconds(i % 2 == 0 ? 990 : 1010));
        }

        Assert.Equal(100, _history.After(HistoryRange.Minutes, 0).Length);
        Assert.Equal(10, _history.After(HistoryRange.Hour, 0).Length);
    }

    private HistoryPoint[] Sample(HistoryRange range = HistoryRange.Minutes)
    {
        _history.Sample(_stats, _requests, 1);
        return _history.After(range, 0);
    }
}
