using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests.Cli;

public class PoolRatesTests
{
    private const string Earlier = """
        # TYPE memcache_requests_total counter
        memcache_requests_total{operation="get"} 100
        memcache_requests_total{operation="mount"} 3
        memcache_request_keys_total{operation="get"} 1000
        memcache_failures_total{operation="get"} 1
        memcache_request_duration_seconds_bucket{operation="get",le="1e-06"} 50
        memcache_request_duration_seconds_bucket{operation="get",le="2e-06"} 90
        memcache_request_duration_seconds_bucket{operation="get",le="+Inf"} 100
        memcache_lookup_keys_total{result="hit"} 500
        memcache_lookup_keys_total{result="miss"} 500
        memcache_evict_operations_total 10
        """;

    private const string Later = """
        memcache_requests_total{operation="get"} 300
        memcache_requests_total{operation="mount"} 3
        memcache_request_keys_total{operation="get"} 3000
        memcache_failures_total{operation="get"} 5
        memcache_request_duration_seconds_bucket{operation="get",le="1e-06"} 60
        memcache_request_duration_seconds_bucket{operation="get",le="2e-06"} 280
        memcache_request_duration_seconds_bucket{operation="get",le="+Inf"} 300
        memcache_lookup_keys_total{result="hit"} 1250
        memcache_lookup_keys_total{result="miss"} 750
        memcache_evict_operations_total 30
        memcache_stored_keys 42
        memcache_allocated_bytes{medium="dram"} 60
        memcache_allocated_bytes{medium="hbm"} 4
        memcache_total_capacity_bytes{medium="dram"} 128
        """;

    [Fact]
    public void Rates_are_differences_over_time_and_what_was_not_called_is_left_out()
    {
        var rates = PoolRates.Between(Earlier, Later, seconds: 2);

        Assert.Equal(10, rates.EvictedPerSecond);
        Assert.Equal(0.75, rates.HitRatio);
        Assert.Equal((42, 64, 128), (rates.Objects, rates.UsedBytes, rates.CapacityBytes));
        OperationRate get = Assert.Single(rates.Operations);
        Assert.Equal(("get", 100, 1000, 2), (get.Name, get.RequestsPerSecond, get.KeysPerSecond, get.FailuresPerSecond));
    }

    [Fact]
    public void Quantiles_are_of_the_interval_and_stay_finite()
    {
        OperationRate get = PoolRates.Between(Earlier, Later, seconds: 2).Operations[0];

        // 10 of 200 within 1 us, 190 within 2 us, 10 beyond all bounds.
        Assert.Equal(2, get.P50Microseconds, precision: 6);
        Assert.Equal(2, get.P99Microseconds, precision: 6);
    }

    [Fact]
    public void Without_traffic_there_is_nothing_but_zeros()
    {
        var rates = PoolRates.Between(Later, Later, seconds: 1);

        Assert.Empty(rates.Operations);
        Assert.Equal(0, rates.HitRatio);
        Assert.Equal(0, rates.EvictedPerSecond);
    }
}
