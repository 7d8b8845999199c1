using MemCache.Core;
using MemCache.LocalService;
using Xunit;

namespace MemCache.UnitTests;

public sealed class LeaseReturnsTests
{
    [Fact]
    public void Every_lease_is_taken_once()
    {
        var returns = new LeaseReturns();
        LeaseRelease[] ended = [.. Enumerable.Range(1, 100).Select(i => new LeaseRelease { Generation = (ulong)i })];
        returns.Add(ended);

        var taken = new List<ulong>();
        var room = new LeaseRelease[30];
        for (int count = returns.Take(room); count > 0; count = returns.Take(room))
        {
            taken.AddRange(room[..count].Select(r => r.Generation));
        }

        Assert.Equal(ended.Select(r => r.Generation), taken.Order());
        Assert.True(returns.IsEmpty);
    }

    [Fact]
    public void What_does_not_fit_is_dropped()
    {
        var returns = new LeaseReturns();
        returns.Add(new LeaseRelease[Limits.LeaseReleaseCountMax]);
        returns.Add(new LeaseRelease[10]);
        Assert.Equal(Limits.LeaseReleaseCountMax, returns.Take(new LeaseRelease[Limits.LeaseReleaseCountMax + 10]));
    }
}
