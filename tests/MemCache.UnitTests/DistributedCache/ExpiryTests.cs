using MemCache.Core;
using MemCache.DistributedCache;
using MemCache.LocalService;
using Microsoft.Extensions.Caching.Distributed;
using Xunit;

namespace MemCache.UnitTests.DistributedCache;

/// <summary>When an entry is gone, by a clock that the tests move.</summary>
public sealed class ExpiryTests : IDisposable
{
    private static readonly byte[] Value = [1, 2, 3];
    private static readonly byte[] Large = new byte[100_000];
    private static readonly DistributedCacheEntryOptions Sliding =
        new() { SlidingExpiration = TimeSpan.FromMinutes(16) };

    private readonly CacheFixture _fixture = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_entry_is_there_until_its_absolute_expiration(bool relative)
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        cache.Set("k", Value, new DistributedCacheEntryOptions
        {
            AbsoluteExpirationRelativeToNow = relative ? TimeSpan.FromSeconds(10) : null,
            AbsoluteExpiration = relative ? null : _fixture.Clock.GetUtcNow() + TimeSpan.FromSeconds(10),
        });

        _fixture.Clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(Value, cache.Get("k"));

        _fixture.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(cache.Get("k"));
    }

    [Fact]
    public void An_expiration_beyond_the_end_of_time_is_for_ever()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        cache.Set("k", Value, new DistributedCacheEntryOptions
        {
            AbsoluteExpirationRelativeToNow = TimeSpan.MaxValue,
            SlidingExpiration = TimeSpan.MaxValue,
        });

        _fixture.Clock.Advance(TimeSpan.FromDays(365 * 1000));
        Assert.Equal(Value, cache.Get("k"));
    }

    [Fact]
    public void An_absolute_expiration_in_the_past_is_refused()
    {
        IBufferDistributedCache cache = _fixture.NewCache();

        Assert.Throws<ArgumentOutOfRangeException>("options", () =>
            cache.Set(
                "k", Value, new DistributedCacheEntryOptions { AbsoluteExpiration = _fixture.Clock.GetUtcNow() }));
    }

    [Fact]
    public void Expired_values_can_be_set_again()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        var options = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(10) };
        cache.Set("k", Value, options);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(11));

        cache.Set("k", Large, options);

        Assert.Equal(Large, cache.Get("k"));
    }

    [Fact]
    public void A_sliding_entry_that_is_not_used_lapses()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        cache.Set("k", Value, Sliding);

        _fixture.Clock.Advance(TimeSpan.FromMinutes(16));

        Assert.Null(cache.Get("k"));
        Assert.Null(_fixture.NewCache().Get("k"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(14)]
    public void A_sliding_entry_that_is_used_stays_and_lapses_when_it_is_not_used_any_more(int minutes)
    {
        // Whoever uses it: what counts is the pool's note, not a process's memory.
        IBufferDistributedCache[] caches = [_fixture.NewCache(), _fixture.NewCache()];
        caches[0].Set("small", Value, Sliding);
        caches[0].Set("large", Large, Sliding);
        for (int i = 0; i < 50; i++)
        {
            _fixture.Clock.Advance(TimeSpan.FromMinutes(minutes));
            Assert.Equal(Value, caches[i % 2].Get("small"));
            caches[i % 2].Refresh("large");
        }

        Assert.Equal(Large, caches[1].Get("large"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Null(caches[0].Get("small"));
        Assert.Null(caches[0].Get("large"));
    }

    [Fact]
    public void A_use_counts_for_at_least_fifteen_sixteenths_of_the_window()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        cache.Set("k", Value, Sliding);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.NotNull(cache.Get("k")); // Too soon after the set to be noted.

        _fixture.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.NotNull(cache.Get("k")); // Noted.

        _fixture.Clock.Advance(TimeSpan.FromMinutes(16) - TimeSpan.FromTicks(1));
        Assert.NotNull(cache.Get("k"));
    }

    [Fact]
    public void The_absolute_expiration_ends_a_sliding_entry_that_is_used()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        cache.Set("k", Value, new DistributedCacheEntryOptions
        {
            AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(20),
            SlidingExpiration = TimeSpan.FromMinutes(16),
        });
        _fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.NotNull(cache.Get("k"));

        _fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(cache.Get("k"));
    }

    [Fact]
    public void A_note_about_an_earlier_value_does_not_keep_a_later_one()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        ObjectStore store = _fixture.NewStore();
        cache.Set("k", Value, Sliding);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.NotNull(cache.Get("k"));
        byte[] note = store.Get("cache:k1:k") ?? store.Get("cache:k0:k")!;

        cache.Set("k", Value, new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(2) });
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("cache:k0:k"));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("cache:k1:k"));

        // A reader of the earlier value that was slow writes its note only now.
        long later = (_fixture.Clock.GetUtcNow() + TimeSpan.FromHours(1)).UtcTicks;
        UseNote.Write(note, new Guid(note.AsSpan(0, 16)), later);
        Assert.Equal(MmcStatus.Ok, store.Put("cache:k0:k", note));
        Assert.Equal(MmcStatus.Ok, store.Put("cache:k1:k", note));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(cache.Get("k"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(cache.Get("k"));
    }

    [Fact]
    public void Remove_and_set_leave_no_note_behind()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        ObjectStore store = _fixture.NewStore();
        cache.Set("k", Value, Sliding);
        for (int i = 0; i < 3; i++)
        {
            _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
            Assert.NotNull(cache.Get("k"));
        }

        Assert.Equal(MmcStatus.Ok, store.Exists("cache:k0:k"));
        Assert.Equal(MmcStatus.Ok, store.Exists("cache:k1:k"));
        cache.Remove("k");
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("cache:k0:k"));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Exists("cache:k1:k"));
    }

    public void Dispose() => _fixture.Dispose();
}
