using System.Text;
using MemCache.Core;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests;

public sealed class KeyBatchTests
{
    [Fact]
    public void Keys_come_back_as_they_were_added()
    {
        var batch = new KeyBatch("a", "ключ", new string('x', 256));
        batch.Add("bytes"u8);

        string[] keys = [.. Enumerable.Range(0, batch.Count).Select(batch.KeyText)];
        Assert.Equal(["a", "ключ", new string('x', 256), "bytes"], keys);
    }

    [Fact]
    public void An_illegal_key_keeps_its_place_and_its_neighbours()
    {
        var batch = new KeyBatch("a", "", new string('x', 257), "\uD800", new string('ж', 129), "b");
        batch.Add(new byte[100_000]);

        Assert.Equal(7, batch.Count);
        Assert.Equal(
            [true, false, false, false, false, true, false],
            Enumerable.Range(0, 7).Select(i => batch.Spans.TryGet(i, out _)));
        Assert.Equal("b", batch.KeyText(5));
    }

    [Fact]
    public void A_cleared_batch_is_filled_again_without_allocating()
    {
        var batch = new KeyBatch();
        Fill(batch);
        Assert.Equal(0, SteadyState.AllocatedBytes(1000, _ => Fill(batch)));
    }

    [Fact]
    public void Ends_out_of_order_or_out_of_bounds_make_a_key_illegal_and_nothing_else()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("abcdef");
        var keys = new KeySpans([2, 1, 4, int.MaxValue, -5, 6], bytes);

        Assert.True(keys.TryGet(0, out ReadOnlySpan<byte> first));
        Assert.Equal("ab", Encoding.UTF8.GetString(first));
        Assert.False(keys.TryGet(1, out _));
        Assert.True(keys.TryGet(2, out ReadOnlySpan<byte> third));
        Assert.Equal("bcd", Encoding.UTF8.GetString(third));
        Assert.False(keys.TryGet(3, out _));
        Assert.False(keys.TryGet(4, out _));
        Assert.False(keys.TryGet(5, out _));
    }

    private static void Fill(KeyBatch batch)
    {
        batch.Clear();
        for (int i = 0; i < 100; i++)
        {
            batch.Add("some key");
        }
    }
}
