using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.LocalService;

public class UnavailableTests
{
    [Theory]
    [InlineData("ock.mmc.local_service.protocol", "device_rdma")]
    [InlineData("ock.mmc.local_service.protocol", "device_sdma")]
    [InlineData("ock.mmc.local_service.protocol", "device_urma")]
    [InlineData("ock.mmc.local_service.protocol", "device_uboe")]
    [InlineData("ock.mmc.local_service.hbm.size", "1GB")]
    public void Device_memory_is_a_legal_wish_that_a_host_without_devices_refuses(string key, string value)
    {
        var options = new LocalServiceOptions();
        Assert.True(LocalServiceOptions.Table.TrySet(options, key, value));
        options.Validate();
        var log = new LogLines();
        Assert.Equal(MmcStatus.InvalidParameter, ObjectStore.Open(options, log, out ObjectStore? store, out string error));
        Assert.Null(store);
        Assert.StartsWith($"not available on this host: '{key}' = '{value}'", error, StringComparison.Ordinal);
        Assert.True(log.Contains($"Error: not available on this host: '{key}' = '{value}'"), log.ToString());
    }

    [Theory]
    [InlineData("ock.mmc.local_service.protocol", "host_urma", "hosts are reached over TCP")]
    [InlineData("ock.mmc.ubs_io.enable", "true", "objects stay in host memory")]
    [InlineData("ock.mmc.local_service.storage.enabled", "true", "objects stay in host memory")]
    public void What_has_something_in_its_place_is_a_warning(string key, string value, string instead)
    {
        // Nothing listens there: opening goes on behind the warning and fails at the MetaService.
        var options = new LocalServiceOptions
        {
            DramSizeBytes = 0,
            ConfigStoreUrl = "unix:///nowhere/meta.sock",
            ClientRetryMs = 1,
        };
        Assert.True(LocalServiceOptions.Table.TrySet(options, key, value));
        var log = new LogLines();
        Assert.NotEqual(MmcStatus.InvalidParameter, ObjectStore.Open(options, log, out _, out _));
        Assert.Contains(log.All, line => line.StartsWith($"Warning: not available on this host: '{key}' = '{value}'", StringComparison.Ordinal)
            && line.Contains(instead, StringComparison.Ordinal));
    }
}
