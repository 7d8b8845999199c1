using MemCache.Core;
using MemCache.LocalService;
using Xunit;

namespace MemCache.UnitTests.LocalService;

public sealed class DataPortTests
{
    [Theory]
    [InlineData("host_tcp", "tcp://127.0.0.1:7000", true)]
    [InlineData("host_tcp", "tcp://10.0.0.2:7000", true)]
    [InlineData("host_shm", "tcp://10.0.0.2:7000", false)]
    [InlineData("host_rdma", "tcp://127.0.0.1:7000", false)]
    [InlineData("host_rdma", "tcp://localhost:7000", false)]
    [InlineData("host_rdma", "tcp://[::1]:7000", false)]
    [InlineData("host_rdma", "tcp://10.0.0.2:7000", true)]
    [InlineData("host_urma", "tcp://node-2:7000", true)]
    public void A_segment_is_served_where_the_configuration_means_other_hosts(string protocol, string url, bool isWanted) =>
        Assert.Equal(isWanted, DataPort.IsWanted(new LocalServiceOptions { Protocol = protocol, HcomUrl = url }));
}
