using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class ReadLeaseTests
{
    [Fact]
    public void Lease_is_held_until_every_reader_is_gone_or_the_latest_expiry()
    {
        ulong lease = ReadLease.Grant(0, 100, 1000);
        lease = ReadLease.Grant(lease, 10, 1000);
        Assert.Equal(2, ReadLease.ReaderCount(lease));
        Assert.True(ReadLease.IsHeld(lease, 1099));
        Assert.False(ReadLease.IsHeld(lease, 1100));
        lease = ReadLease.Release(ReadLease.Release(lease));
        Assert.False(ReadLease.IsHeld(lease, 1000));
        Assert.Equal(lease, ReadLease.Release(lease));
    }

    [Fact]
    public void Expired_readers_are_not_counted_on()
    {
        ulong lease = ReadLease.Grant(ReadLease.Grant(0, 100, 0), 100, 0);
        lease = ReadLease.Grant(lease, 100, 200);
        Assert.Equal(1, ReadLease.ReaderCount(lease));
    }

    [Fact]
    public void Extreme_times_and_counts_stay_in_range()
    {
        Assert.True(ReadLease.IsHeld(ReadLease.Grant(0, int.MaxValue, long.MinValue), 0));
        Assert.False(ReadLease.IsHeld(ReadLease.Grant(0, int.MaxValue, long.MaxValue), long.MaxValue));
        ulong lease = 0;
        for (int i = 0; i < 70_000; i++)
        {
            lease = ReadLease.Grant(lease, 100, 0);
        }

        for (int i = 0; i < 70_000; i++)
        {
            lease = ReadLease.Release(lease);
        }

        // Nobody knows any more how many there are: it is held until it expires.
        Assert.True(ReadLease.IsHeld(lease, 99));
        Assert.False(ReadLease.IsHeld(lease, 100));
    }
}
