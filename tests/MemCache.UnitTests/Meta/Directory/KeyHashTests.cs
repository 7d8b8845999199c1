using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class KeyHashTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_bit_of_a_key_changes_about_half_of_the_hash(bool byRounds)
    {
        KeyHash hash = new(123);
        SplitMix64 random = new(5);
        foreach (int length in new[] { 1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 64, 65, 255, 256 })
        {
            byte[] key = [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next())];
            ulong before = Compute(hash, key, byRounds);
            long changed = 0;
            for (int bit = 0; bit < 8 * length; bit++)
            {
                key[bit / 8] ^= (byte)(1 << bit % 8);
                ulong after = Compute(hash, key, byRounds);
                Assert.NotEqual(before, after);
                changed += System.Numerics.BitOperations.PopCount(before ^ after);
                key[bit / 8] ^= (byte)(1 << bit % 8);
            }

            Assert.InRange(changed / (8.0 * length), 25, 39);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Counting_keys_fill_buckets_evenly_by_high_and_by_low_bits(bool byRounds)
    {
        KeyHash hash = new(9);
        int[] high = new int[256];
        int[] low = new int[256];
        for (int i = 0; i < 256 * 400; i++)
        {
            ulong value = Compute(hash, System.Text.Encoding.UTF8.GetBytes($"deepseek-r1/{i:x16}"), byRounds);
            high[value >> 56]++;
            low[value & 255]++;
        }

        // 400 on average, standard deviation 20.
        Assert.All(high, count => Assert.InRange(count, 290, 510));
        Assert.All(low, count => Assert.InRange(count, 290, 510));
    }

    [Fact]
    public void Seed_and_length_matter()
    {
        Assert.NotEqual(new KeyHash(1).Compute("abc"u8), new KeyHash(2).Compute("abc"u8));
        Assert.NotEqual(new KeyHash(1).Compute(new byte[5]), new KeyHash(1).Compute(new byte[6]));
        Assert.NotEqual(new KeyHash(1).Compute(new byte[64]), new KeyHash(2).Compute(new byte[64]));
        Assert.NotEqual(new KeyHash(1).Compute(new byte[64]), new KeyHash(1).Compute(new byte[65]));
    }

    // A processor without AES folds, whatever is asked for: then the two runs test the same.
    private static ulong Compute(KeyHash hash, byte[] key, bool byRounds) => byRounds ? hash.Compute(key) : hash.ComputeByFolds(key);
}
