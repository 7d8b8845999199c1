using MemCache.MetaService;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>Bounds that need no socket.</summary>
public class HttpBoundTests
{
    [Fact]
    public void Requests_beyond_the_burst_wait_for_their_turn_and_too_many_are_refused()
    {
        var time = new FakeClock();
        var pace = new RequestPace(countPerSecond: 10, burstCount: 3, TimeSpan.FromSeconds(1), time);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(pace.TryTake(out TimeSpan none));
            Assert.Equal(TimeSpan.Zero, none);
        }

        double last = -1;
        int waiting = 0;
        while (pace.TryTake(out TimeSpan wait))
        {
            Assert.True(wait.TotalSeconds > last || waiting == 0);
            last = wait.TotalSeconds;
            waiting++;
        }

        Assert.InRange(waiting, 10, 12);
        time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.True(pace.TryTake(out TimeSpan later));
        Assert.InRange(later.TotalSeconds, 0.4, 1.0);
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(pace.TryTake(out TimeSpan rested));
        Assert.Equal(TimeSpan.Zero, rested);
    }

    [Fact]
    public void The_free_form_store_takes_no_more_than_its_entries_and_bytes()
    {
        var store = new MetadataStore();
        for (int i = 0; i < MetadataStore.EntryCountMax; i++)
        {
            Assert.Equal("", store.Put([(byte)i, (byte)(i >> 8)], [1]));
        }

        Assert.Contains("full", store.Put([9, 9, 9], [1]), StringComparison.Ordinal);
        Assert.Equal("", store.Put([0, 0], [2]));
        Assert.True(store.Delete([0, 0]));
        Assert.Equal("", store.Put([9, 9, 9], [1]));

        store = new MetadataStore();
        byte[] large = new byte[MetadataStore.ValueBytesMax];
        int count = 0;
        while (count < 1000 && store.Put([(byte)count, (byte)(count >> 8)], large).Length == 0)
        {
            count++;
        }

        Assert.Equal(MetadataStore.BytesMax / (large.Length + 2), count);
        Assert.Equal("", store.Put([0, 0], [1]));
        Assert.Equal([1], store.Get([0, 0]));
    }
}
