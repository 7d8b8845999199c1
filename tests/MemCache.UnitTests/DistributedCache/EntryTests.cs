using System.Buffers;
using System.Text;
using MemCache.Core;
using MemCache.DistributedCache;
using MemCache.LocalService;
using MemCache.Testing;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MemCache.UnitTests.DistributedCache;

/// <summary>What an entry is, read and written in each of the ways that there are.</summary>
public sealed class EntryTests : IDisposable
{
    private static readonly DistributedCacheEntryOptions ForEver = new();

    private readonly CacheFixture _fixture = new();

    public static TheoryData<int> Sizes =>
    [
        0, 1, 4096, CacheCall.SmallBytes - EntryTrailer.FixedBytes, CacheCall.SmallBytes - EntryTrailer.FixedBytes + 1,
        1_000_003,
    ];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_value_comes_back_from_every_form_of_get(int size)
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        IBufferDistributedCache other = _fixture.NewCache();
        byte[] value = Content(size);
        cache.Set("sync", value, ForEver);
        await cache.SetAsync("async", value, ForEver, TestContext.Current.CancellationToken);

        foreach (string key in new[] { "sync", "async" })
        {
            Assert.Equal(value, other.Get(key));
            Assert.Equal(value, await other.GetAsync(key, TestContext.Current.CancellationToken));
            var writer = new ArrayBufferWriter<byte>();
            Assert.True(other.TryGet(key, writer));
            Assert.True(await other.TryGetAsync(key, writer, TestContext.Current.CancellationToken));
            Assert.Equal(value.Concat(value), writer.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public async Task What_is_not_there_is_a_miss_in_every_form_of_get()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        var writer = new ArrayBufferWriter<byte>();

        Assert.Null(cache.Get("absent"));
        Assert.Null(await cache.GetAsync("absent", TestContext.Current.CancellationToken));
        Assert.False(cache.TryGet("absent", writer));
        Assert.False(await cache.TryGetAsync("absent", writer, TestContext.Current.CancellationToken));
        cache.Refresh("absent");
        cache.Remove("absent");
        Assert.Equal(0, writer.WrittenCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(253)]
    [InlineData(254)]
    [InlineData(700)]
    public async Task A_sequence_of_any_number_of_segments_is_one_value(int segmentCount)
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        byte[] value = Content(segmentCount * 7);
        ReadOnlySequence<byte> sequence = SequenceOf(value, 7);

        cache.Set("sync", sequence, ForEver);
        await cache.SetAsync("async", sequence, ForEver, TestContext.Current.CancellationToken);

        Assert.Equal(value, cache.Get("sync"));
        Assert.Equal(value, cache.Get("async"));
    }

    [Fact]
    public void Set_replaces_what_is_there()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        IBufferDistributedCache other = _fixture.NewCache();

        cache.Set("k", Content(100), ForEver);
        other.Set("k", Content(50_000), ForEver);
        Assert.Equal(Content(50_000), cache.Get("k"));

        cache.Set("k", [], ForEver);
        Assert.Empty(other.Get("k")!);
    }

    [Fact]
    public void Remove_removes()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        cache.Set("k", Content(100), ForEver);
        cache.Set("kept", Content(100), ForEver);

        _fixture.NewCache().Remove("k");

        Assert.Null(cache.Get("k"));
        Assert.NotNull(cache.Get("kept"));
    }

    [Fact]
    public void Keys_of_any_length_and_content_are_different_keys()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        string[] keys =
        [
            "", "k", "K", "k ", "kv:k", "cache:kv:k", "schlüssel", "鍵", "\ud83d\ude00", "\ud83d",
            "\ude00", "\ufffd", "a\0b",
            new('x', 245), new('x', 246), new('x', 247), new('x', 248), new('x', 256), new('x', 257),
            new('x', 5000), new string('x', 5000) + "y",
            new('ü', 123), new('ü', 124), new('ü', 125),
        ];
        foreach (string key in keys)
        {
            cache.Set(key, ValueOf(key), ForEver);
        }

        Assert.All(keys, key => Assert.Equal(ValueOf(key), cache.Get(key)));
        Assert.All(keys, key =>
        {
            cache.Remove(key);
            Assert.Null(cache.Get(key));
        });

        static byte[] ValueOf(string key) => Encoding.BigEndianUnicode.GetBytes(key + "=");
    }

    [Fact]
    public void Services_with_different_prefixes_do_not_meet()
    {
        IBufferDistributedCache orders = _fixture.NewCache(options => options.KeyPrefix = "orders:");
        IBufferDistributedCache users = _fixture.NewCache(options => options.KeyPrefix = "users:");

        orders.Set("1", "order"u8.ToArray(), ForEver);
        users.Set("1", "user"u8.ToArray(), ForEver);

        Assert.Equal("order"u8.ToArray(), orders.Get("1"));
        Assert.Equal("user"u8.ToArray(), users.Get("1"));
    }

    [Fact]
    public void An_object_that_is_no_entry_is_a_miss_and_can_be_replaced()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        ObjectStore store = _fixture.NewStore();
        foreach (int size in new[] { 1, 63, 64, 100, 50_000 })
        {
            Assert.Equal(MmcStatus.Ok, store.Put("cache:kv:k", Content(size)));

            Assert.Null(cache.Get("k"));
            Assert.False(cache.TryGet("k", new ArrayBufferWriter<byte>()));

            cache.Set("k", Content(10), ForEver);
            Assert.Equal(Content(10), cache.Get("k"));
            cache.Remove("k");
        }
    }

    [Fact]
    public void An_entry_under_the_hash_of_another_key_is_a_miss()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        ObjectStore store = _fixture.NewStore();
        string key = new('x', 300);
        string other = new('y', 300);
        cache.Set(key, Content(10), ForEver);

        // As if both keys had the same hash.
        byte[] stored = store.Get(PoolKeyOf(key))!;
        Assert.Equal(MmcStatus.Ok, store.Put(PoolKeyOf(other), stored));

        Assert.Equal(Content(10), cache.Get(key));
        Assert.Null(cache.Get(other));
    }

    [Fact]
    public async Task A_cancelled_token_cancels()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.GetAsync("k", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.SetAsync("k", [1], ForEver, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.RemoveAsync("k", cancelled));
    }

    [Fact]
    public void Arguments_that_are_missing_are_named()
    {
        IBufferDistributedCache cache = _fixture.NewCache();

        Assert.Throws<ArgumentNullException>("key", () => cache.Get(null!));
        Assert.Throws<ArgumentNullException>("value", () => cache.Set("k", null!, ForEver));
        Assert.Throws<ArgumentNullException>("options", () => cache.Set("k", [1], null!));
        Assert.Throws<ArgumentNullException>("destination", () => cache.TryGet("k", null!));
    }

    [Fact]
    public async Task A_reader_sees_one_of_the_values_that_were_set_or_none()
    {
        using ServiceProvider readers = _fixture.NewService();
        Task[] writers = [.. Enumerable.Range(1, 2).Select(writer => Task.Run(() =>
        {
            IBufferDistributedCache cache = _fixture.NewCache();
            for (int i = 0; i < 200; i++)
            {
                cache.Set("k", Enumerable.Repeat((byte)writer, 1000 + (i * 200)).ToArray(), ForEver);
            }
        }))];
        IBufferDistributedCache reader = readers.GetRequiredService<IBufferDistributedCache>();
        Task all = Task.WhenAll(writers);
        while (!all.IsCompleted)
        {
            byte[]? value = reader.Get("k");
            Assert.True(value is null || (value.Length >= 1000 && value.All(b => b == value[0])));
        }

        await all;
        Assert.NotNull(reader.Get("k"));
    }

    [Fact]
    public void A_warm_get_and_set_of_memory_that_the_caller_owns_allocate_nothing()
    {
        IBufferDistributedCache cache = _fixture.NewCache();
        var value = new ReadOnlySequence<byte>(Content(3000));
        var writer = new ArrayBufferWriter<byte>(8192);
        void Call(int i)
        {
            cache.Set("k", value, ForEver);
            writer.ResetWrittenCount();
            Require(cache.TryGet("k", writer));
        }

        for (int i = 0; i < 500; i++)
        {
            Call(i);
        }

        Assert.Equal(0, SteadyState.AllocatedBytes(500, Call));
    }

    public void Dispose() => _fixture.Dispose();

    private static void Require(bool found)
    {
        if (!found)
        {
            throw new InvalidOperationException("the value is not there");
        }
    }

    private static string PoolKeyOf(string key)
    {
        var keys = new KeyBatch();
        Assert.True(new PoolKeys("cache:").AddTo(keys, key));
        return keys.KeyText(PoolKeys.Value);
    }

    private static byte[] Content(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i * 31))];

    private static ReadOnlySequence<byte> SequenceOf(byte[] value, int segmentBytes)
    {
        var first = new Segment(value.AsMemory(0, segmentBytes), null);
        Segment last = first;
        for (int offset = segmentBytes; offset < value.Length; offset += segmentBytes)
        {
            last = new Segment(value.AsMemory(offset, segmentBytes), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            if (before is not null)
            {
                before.Next = this;
            }
        }
    }
}
