using System.Diagnostics;
using MemCache.Cli;
using Xunit;
using ChildProcess = MemCache.Testing.ChildProcess;
using MetaServiceProcess = MemCache.Testing.MetaServiceProcess;

namespace MemCache.IntegrationTests;

/// <summary>Hosts as network namespaces: what the other tests of several hosts rely on.</summary>
public sealed class HostNetworkTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_host_is_reached_until_its_cable_is_pulled_and_again_afterwards()
    {
        using HostNetwork network = NeedHosts.Create(2);
        using MetaServiceProcess meta = NeedHosts.StartMeta(network.Hosts[0]);

        Assert.True(await AnswersAsync(meta), "the host does not answer");
        network.Hosts[0].Cut();
        Assert.False(await AnswersAsync(meta), "the host answers without a cable");
        network.Hosts[0].Reconnect();
        Assert.True(await AnswersAsync(meta), "the host does not answer after it was connected again");
    }

    [Fact]
    public void A_host_does_not_see_the_shared_memory_of_another()
    {
        using HostNetwork network = NeedHosts.Create(2);
        File.WriteAllText(Path.Combine(network.Hosts[0].Directory, "segment"), "");
        using ChildProcess own = List(network.Hosts[0], network.Hosts[0]);
        using ChildProcess other = List(network.Hosts[1], network.Hosts[0]);

        Assert.Equal(0, own.ExitCode);
        Assert.Equal(0, other.ExitCode);
        Assert.Equal("segment", own.ReadLine(Timeout, "the file"));
        Assert.Equal("", other.Output);
    }

    [Fact]
    public void Nothing_is_left_of_hosts_that_are_gone_nor_what_ran_on_them()
    {
        ChildProcess sleeper;
        string[] names;
        using (HostNetwork network = NeedHosts.Create(2))
        {
            names = [.. network.Hosts.Select(host => $"/run/netns/{host.NamespaceName}")];
            Assert.All(names, name => Assert.True(File.Exists(name)));
            sleeper = ChildProcess.StartCommand(network.Hosts[1].Wrap(["sleep", "600"]));
        }

        using (sleeper)
        {
            Assert.True(sleeper.WaitForExit(Timeout), "the process on the host still runs");
            Assert.All(names, name => Assert.False(File.Exists(name), $"{name} is still there"));
        }
    }

    [Fact]
    public void What_a_killed_process_has_left_is_removed_by_the_next_one()
    {
        NeedHosts.OrSkip();
        using Process dead = Process.Start(new ProcessStartInfo("true"))!;
        dead.WaitForExit();
        string left = FormattableString.Invariant($"mmc-{dead.Id}-1");
        IpCommand.RunAll(null, $"netns add {left}");

        using HostNetwork network = HostNetwork.CreateIsolated(1, SharedMemory.DefaultDirectory);

        Assert.False(File.Exists($"/run/netns/{left}"), $"{left} is still there");
    }

    [Fact]
    public void Hosts_on_the_loopback_network_say_that_they_have_no_cable()
    {
        using HostNetwork network = HostNetwork.CreateOnLoopback(2, SharedMemory.DefaultDirectory);

        Assert.False(network.IsIsolated);
        Assert.NotEqual(network.Hosts[0].Address, network.Hosts[1].Address);
        Assert.NotEqual(network.Hosts[0].Directory, network.Hosts[1].Directory);
        Assert.Throws<HostNetworkException>(() => network.Hosts[0].Cut());
    }

    private static ChildProcess List(Host on, Host what)
    {
        ChildProcess list = ChildProcess.StartCommand(on.Wrap(["ls", what.Directory]));
        Assert.True(list.WaitForExit(Timeout));
        return list;
    }

    private static async Task<bool> AnswersAsync(MetaServiceProcess meta)
    {
        // A connection of its own each time: one that is kept would be tried first.
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using HttpResponseMessage reply = await http.GetAsync(new Uri(meta.MetricsUrl + "/health"), TestContext.Current.CancellationToken);
            return reply.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
