using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class BlockClassTests
{
    private static readonly int[] References = [1, 2, 4, 8];
    private static readonly bool[] Ends = [false, true];
    private static readonly int[] News = [0, 2, 8, 64];

    [Fact]
    public void Each_combination_has_a_class_of_its_own()
    {
        int[] classes = [.. from references in References
                            from isLast in Ends
                            from news in News
                            select BlockClass.Of(references, isLast, news)];

        Assert.Equal(BlockClass.Count, classes.Distinct().Count());
        Assert.All(classes, found => Assert.InRange(found, 0, BlockClass.Count - 1));
    }

    [Theory]
    [InlineData(1, 1, 0, 0, true)]
    [InlineData(1, 2, 0, 0, false)]
    [InlineData(2, 3, 0, 0, true)]
    [InlineData(3, 4, 0, 0, false)]
    [InlineData(4, 7, 0, 0, true)]
    [InlineData(7, 8, 0, 0, false)]
    [InlineData(8, 63, 0, 0, true)]
    [InlineData(1, 1, 0, 1, true)]
    [InlineData(1, 1, 1, 2, false)]
    [InlineData(1, 1, 2, 7, true)]
    [InlineData(1, 1, 7, 8, false)]
    [InlineData(1, 1, 8, 63, true)]
    [InlineData(1, 1, 63, 64, false)]
    [InlineData(1, 1, 64, 5000, true)]
    public void Classes_change_at_these_counts(int references, int otherReferences, int news, int otherNews, bool areSame) =>
        Assert.Equal(areSame, BlockClass.Of(references, false, news) == BlockClass.Of(otherReferences, false, otherNews));

    [Fact]
    public void Classes_that_differ_in_the_new_blocks_only_lie_together() => Assert.Single(
        News.Select(news => BlockClass.Of(2, true, news) / BlockClass.NewBlockCount).Distinct());
}
