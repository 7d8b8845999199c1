using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ReplicateOptionsTests
{
    [Fact]
    public void The_default_is_one_replica_anywhere()
    {
        ReplicateOptions options = default;
        Assert.Equal((true, 1, 0), (options.IsValid, options.ReplicaCount, options.PreferredCount));
    }

    [Fact]
    public void Counts_and_ranks_are_checked()
    {
        Assert.True(new ReplicateOptions(8, new RankId(1), new RankId(2)).IsValid);
        Assert.False(new ReplicateOptions(9).IsValid);
        Assert.False(new ReplicateOptions(300).IsValid);
        Assert.False(new ReplicateOptions(1, new RankId(1), new RankId(2)).IsValid);
        Assert.False(new ReplicateOptions(2, new RankId(1), new RankId(1)).IsValid);
        Assert.False(new ReplicateOptions(8, new RankId[9]).IsValid);
    }
}
