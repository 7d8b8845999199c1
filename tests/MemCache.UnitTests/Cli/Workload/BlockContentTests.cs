using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class BlockContentTests
{
    public static readonly TheoryData<int> Sizes = [1, 7, 8, 9, 31, 64, 65, 255, 256, 2048, 4099];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void What_was_filled_is_intact(int size)
    {
        byte[] layer = Filled(size, "key", 3);

        Assert.True(BlockContent.IsIntact(BlockContent.KeySeed("key"u8), 3, layer));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_single_changed_byte_is_found(int size)
    {
        byte[] layer = Filled(size, "key", 3);
        for (int i = 0; i < size; i++)
        {
            layer[i] ^= 1;
            Assert.False(BlockContent.IsIntact(BlockContent.KeySeed("key"u8), 3, layer));
            layer[i] ^= 1;
        }
    }

    [Fact]
    public void Bytes_of_another_key_layer_or_place_are_found()
    {
        byte[] layer = Filled(256, "key", 3);
        ulong seed = BlockContent.KeySeed("key"u8);

        Assert.False(BlockContent.IsIntact(BlockContent.KeySeed("kez"u8), 3, layer));
        Assert.False(BlockContent.IsIntact(seed, 4, layer));
        Assert.False(BlockContent.IsIntact(seed, 3, layer.AsSpan(8)));
        Assert.False(BlockContent.IsIntact(seed, 3, new byte[256]));
    }

    [Fact]
    public void Seeds_of_similar_keys_differ()
    {
        var seeds = new HashSet<ulong>();
        for (int i = 0; i < 20_000; i++)
        {
            Assert.True(seeds.Add(BlockContent.KeySeed(System.Text.Encoding.UTF8.GetBytes($"demo:{i}"))));
        }

        Assert.True(seeds.Add(BlockContent.KeySeed("a"u8)));
        Assert.True(seeds.Add(BlockContent.KeySeed("a\0"u8)));
    }

    private static byte[] Filled(int size, string key, int layerIndex)
    {
        var layer = new byte[size];
        BlockContent.Fill(BlockContent.KeySeed(System.Text.Encoding.UTF8.GetBytes(key)), layerIndex, layer);
        return layer;
    }
}
