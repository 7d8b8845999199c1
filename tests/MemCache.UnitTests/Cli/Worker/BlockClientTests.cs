using System.Text;
using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class BlockClientTests
{
    [Theory]
    [InlineData(0UL, "demo/0000000000000000")]
    [InlineData(0xabcUL, "demo/0000000000000abc")]
    [InlineData(ulong.MaxValue, "demo/ffffffffffffffff")]
    public void A_key_is_a_prefix_and_sixteen_digits(ulong hashId, string key) =>
        Assert.Equal(key, Encoding.UTF8.GetString(BlockClient.WriteKey(hashId, stackalloc byte[32])));
}
