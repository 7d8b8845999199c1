using MemCache.Core;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ServiceUrlTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:5000", "tcp", "127.0.0.1", 5000)]
    [InlineData("TCP://meta.example:65535", "tcp", "meta.example", 65535)]
    [InlineData("tcp://[::1]:5000", "tcp", "::1", 5000)]
    [InlineData("http://0.0.0.0:8000", "http", "0.0.0.0", 8000)]
    [InlineData("https://[2001:db8::7]:8000", "https", "2001:db8::7", 8000)]
    [InlineData("tcp://mmc-meta.cache.svc.cluster.local:5000", "tcp", "mmc-meta.cache.svc.cluster.local", 5000)]
    [InlineData("tcp://my_host:5000", "tcp", "my_host", 5000)]
    [InlineData("unix:///run/meta.sock", "unix", "/run/meta.sock", 0)]
    public void Reads_addresses(string text, string scheme, string host, int port)
    {
        Assert.True(ServiceUrl.TryParse(text, out ServiceUrl? url));
        Assert.Equal(new ServiceUrl(scheme, host, port), url);
    }

    [Theory]
    [InlineData("127.0.0.1:5000")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://:5000")]
    [InlineData("tcp://host:0")]
    [InlineData("tcp://host:65536")]
    [InlineData("tcp://ho st:5000")]
    [InlineData("tcp://host:5000/path")]
    [InlineData("tcp://::1:5000")]
    [InlineData("tcp://[::1]")]
    [InlineData("tcp://[127.0.0.1]:5000")]
    [InlineData("tcp://256.0.0.1:5000")]
    [InlineData("tcp://10.1:5000")]
    [InlineData("tcp://010.0.0.1:5000")]
    [InlineData("tcp://-host:5000")]
    [InlineData("tcp://a..b:5000")]
    [InlineData("tcp://user@host:5000")]
    [InlineData("tcp://höst:5000")]
    [InlineData("unix:///")]
    [InlineData("unix://relative")]
    [InlineData("ftp://host:21")]
    public void Refuses_what_is_no_address(string text) => Assert.False(ServiceUrl.TryParse(text, out _));

    [Fact]
    public void Refuses_a_socket_path_that_the_kernel_would_cut() =>
        Assert.False(ServiceUrl.TryParse("unix:///" + new string('a', ServiceUrl.UnixPathBytesMax), out _));
}
