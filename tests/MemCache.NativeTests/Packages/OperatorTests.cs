using Xunit;

namespace MemCache.NativeTests.Packages;

/// <summary>
/// The way of an operator who has never seen the code, on a machine as new: without .NET, OpenSSL, Python or a compiler.
/// The commands are those of docs/operations/install.md.
/// </summary>
public sealed class OperatorTests
{
    private const string Home = "/usr/local/memcache_hybrid";

    private readonly string _run;
    private readonly string _next;

    public OperatorTests()
    {
        PackageFiles.OrSkip();
        _run = $"/packages/{PackageFiles.RunName()}";
        _next = $"/packages/{PackageFiles.RunName(isNext: true)}";
    }

    [Fact]
    public void Install_configure_start_watch_drain_upgrade_and_uninstall_leave_nothing_behind()
    {
        using var machine = new FreshMachine();
        SortedSet<string> before = machine.Files();

        Install(machine);
        Configure(machine);
        Start(machine);
        Watch(machine);
        Drain(machine);
        Refuse(machine);
        Stop(machine);
        Upgrade(machine);
        Start(machine);
        Stop(machine);

        string said = machine.Run($"sh {Home}/uninstall.sh");
        Assert.Contains($"kept: {Home}/config/mmc-meta.conf", said, StringComparison.Ordinal);
        AssertLeft(machine, before, Home, $"{Home}/config", $"{Home}/config/mmc-meta.conf",
            "/var/log/memcache_hybrid", "/var/log/memcache_hybrid/logs", "/var/log/memcache_hybrid/logs/mmc-meta.log");

        // Who installs again finds the configuration again; --purge takes everything.
        _ = machine.Run($"sh {_run} --quiet");
        Assert.Equal("ock.mmc.evict_threshold_high = 95", machine.Run($"grep ^ock.mmc.evict_threshold_high {Home}/config/mmc-meta.conf"));
        Assert.Equal("", machine.Run($"sh {Home}/uninstall.sh --purge --quiet"));
        AssertLeft(machine, before);
    }

    [Fact]
    public void What_can_not_be_installed_is_refused_with_the_reason_and_changes_nothing()
    {
        using var machine = new FreshMachine();
        SortedSet<string> before = machine.Files();

        Assert.Contains("this package is for x86_64; this machine is i686", machine.Fail($"setarch i686 sh {_run}"));
        Assert.Contains(
            "no right to write to /usr/local: run this as root, or give another --install-path",
            machine.Fail($"setpriv --reuid 1000 --regid 1000 --clear-groups sh {_run}"));
        Assert.Contains("unknown option '--installpath'", machine.Fail($"sh {_run} --installpath /tmp"));
        Assert.Contains("the path '/tmp/a b' has a character", machine.Fail($"sh {_run} --install-path='/tmp/a b'"));
        Assert.Contains(
            "this package is damaged",
            machine.Fail($"head -c -100 {_run} > /tmp/cut.run; sh /tmp/cut.run --check; code=$?; rm /tmp/cut.run; (exit $code)"));
        _ = machine.Run("mount -t tmpfs -o size=4m none /mnt");
        Assert.Contains("no space: /mnt has 4 MiB left", machine.Fail($"sh {_run} --install-path=/mnt"));
        _ = machine.Run("umount /mnt");

        Assert.Contains("are whole", machine.Run($"sh {_run} --check"));
        Assert.Contains("--install-path=DIRECTORY", machine.Run($"sh {_run} --help"));
        Assert.Equal(PackageFiles.Version(), machine.Run($"sh {_run} --version"));
        AssertLeft(machine, before);
    }

    [Fact]
    public void A_user_without_rights_installs_where_he_may_and_files_of_his_own_stay()
    {
        using var machine = new FreshMachine();
        SortedSet<string> before = machine.Files();
        const string Home = "/home/operator/memcache_hybrid";
        const string User = "setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/operator";
        _ = machine.Run("install -d -o 1000 -g 1000 /home/operator");

        _ = machine.Run($"{User} sh {_run} --install-path=/home/operator");
        Assert.StartsWith("mmc ", machine.Run($"{User} sh -c '. {Home}/set_env.sh; mmc version'"));
        _ = machine.Run($"{User} touch {Home}/latest/bin/mine");
        Assert.Contains(
            "kept, for they were not installed: the files in", machine.Run($"{User} sh {_next} --install-path /home/operator"));
        Assert.Equal(PackageFiles.NextVersion, machine.Run($"readlink {Home}/latest"));
        Assert.Equal($"{Home}/{PackageFiles.Version()}/bin/mine", machine.Run($"find {Home}/{PackageFiles.Version()} -type f"));
        _ = machine.Run($"{User} sh {_run} --install-path /home/operator");
        Assert.Equal(PackageFiles.Version(), machine.Run($"readlink {Home}/latest"));

        Assert.Contains("what was not installed is left in", machine.Run($"{User} sh {Home}/uninstall.sh"));
        Assert.Equal($"{Home}/{PackageFiles.Version()}/bin/mine", machine.Run($"find {Home} ! -type d"));
        _ = machine.Run("rm -r /home/operator");
        AssertLeft(machine, before);
    }

    [Fact]
    public void The_Debian_package_installs_keeps_its_configuration_and_goes_without_a_trace()
    {
        using var machine = new FreshMachine();
        SortedSet<string> before = machine.Files();
        string deb = $"/packages/{PackageFiles.DebName()}";

        _ = machine.Run($"dpkg -i {deb}");
        Assert.StartsWith("mmc ", machine.Run("mmc version"));
        _ = machine.Run("sed -i 's/^ock.mmc.evict_threshold_high = .*/ock.mmc.evict_threshold_high = 95/' /etc/memcache/mmc-meta.conf");
        // As systemd would start it.
        Assert.Contains("User=memcache", machine.Run("cat /lib/systemd/system/mmc_meta_service.service"));
        _ = machine.Run(
            "install -d -o memcache -m 0700 /run/memcache; setpriv --reuid memcache --regid memcache --clear-groups "
            + "env XDG_RUNTIME_DIR=/run/memcache mmc_meta_service --config /etc/memcache/mmc-meta.conf & "
            + "eventually http GET /health");
        Assert.Contains("\"service_ready\":true", machine.Run("http GET /health").Replace(" ", ""));
        _ = machine.Run("kill %1; wait %1; rmdir /run/memcache/memcache /run/memcache");

        _ = machine.Run($"dpkg -i {deb}");
        Assert.Equal("ock.mmc.evict_threshold_high = 95", machine.Run("grep ^ock.mmc.evict_threshold_high /etc/memcache/mmc-meta.conf"));
        _ = machine.Run("dpkg --remove memcache-hybrid");
        Assert.Equal("ock.mmc.evict_threshold_high = 95", machine.Run("grep ^ock.mmc.evict_threshold_high /etc/memcache/mmc-meta.conf"));
        _ = machine.Run("dpkg --purge memcache-hybrid");

        // dpkg's and useradd's own notes.
        string[] notes = ["/var/lib/dpkg", "/var/log/", "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid", "/etc "];
        Assert.DoesNotContain(
            machine.Files().Except(before), file => !notes.Any(note => file.StartsWith(note, StringComparison.Ordinal)));
        Assert.Equal("", machine.Run("ls /var/log | grep memcache; getent passwd memcache; true"));
    }

    private void Install(FreshMachine machine)
    {
        string said = machine.Run($"sh {_run}");
        Assert.Contains($"is in {Home}/{PackageFiles.Version()}", said, StringComparison.Ordinal);
        Assert.Equal(PackageFiles.Version(), machine.Run($"readlink {Home}/latest"));
        Assert.Equal(
            "bin\nconfig\ninclude\nlib64\nset_env.sh\nshare\nuninstall.sh\nwheel", machine.Run($"ls {Home}/latest/"));
        Assert.Equal("mmc\nmmc_meta_service", machine.Run($"ls {Home}/latest/bin"));
        Assert.Equal("mmc-local.conf\nmmc-meta.conf", machine.Run($"ls {Home}/latest/config/"));
        Assert.EndsWith(".whl", machine.Run($"ls {Home}/latest/wheel"));
    }

    // The two lines.
    private static void Configure(FreshMachine machine) => machine.Run($"""
        sed -i -e 's/^ock.mmc.evict_threshold_high = .*/ock.mmc.evict_threshold_high = 95/' \
          -e 's/^ock.mmc.log_output_target = .*/ock.mmc.log_output_target = both/' {Home}/config/mmc-meta.conf
        . {Home}/set_env.sh
        mmc config check {Home}/config/mmc-meta.conf
        """);

    private static void Start(FreshMachine machine) => machine.Run($"""
        . {Home}/set_env.sh
        mmc_meta_service > /tmp/screen 2>&1 &
        eventually grep ready /tmp/screen
        rm /tmp/screen
        """);

    private static void Watch(FreshMachine machine)
    {
        Assert.Contains("\"service_ready\":true", machine.Run("http GET /health").Replace(" ", ""));
        Assert.Contains("memcache_stored_keys 0", machine.Run("http GET /metrics"));
        Assert.Contains("<!doctype html>", machine.Run("http GET /"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("leader", machine.Run("mmc status"), StringComparison.Ordinal);
        Assert.Contains("mmc-status.1.gz", machine.Run($"ls {Home}/latest/share/man/man1"), StringComparison.Ordinal);
    }

    // Two engines with memory; the first one's objects go to the second, and are read from there when the first is gone.
    private static void Drain(FreshMachine machine)
    {
        string program = Path.GetFileName(NativeCompiler.Compile("peer.c", "c11", isSanitized: false));
        _ = machine.Run($"""
            export MMC_TEST_CONFIG='ock.mmc.local_service.dram.size = 64MB'
            mkfifo /tmp/first /tmp/second
            exec 5<> /tmp/first 6<> /tmp/second
            /programs/{program} write < /tmp/first > /tmp/first.out 2>&1 &
            first=$!
            eventually grep done /tmp/first.out || (cat /tmp/first.out; exit 1)
            /programs/{program} write < /tmp/second > /tmp/second.out 2>&1 &
            second=$!
            eventually grep done /tmp/second.out || (cat /tmp/second.out; exit 1)
            """);
        Assert.Equal("rank-0-dram\nrank-1-dram", machine.Run("http GET /get_all_segments | tr -d '\\r' | sed '1,/^$/d'").Trim());
        _ = machine.Run("echo hello > /tmp/value; mmc put greeting /tmp/value; rm /tmp/value");
        Assert.Contains("rank-1-dram", machine.Run("mmc segments"), StringComparison.Ordinal);
        Assert.Contains("done", machine.Run("mmc drain rank-0-dram"), StringComparison.Ordinal);
        _ = machine.Run("echo end >&5; wait $first");
        Assert.Equal("hello", machine.Run("mmc get greeting 2> /dev/null"));
        Assert.Equal("done", machine.Run($"/programs/{program} read"));
        _ = machine.Run("echo end >&6; wait $second; exec 5>&- 6>&-; rm /tmp/first* /tmp/second*");
    }

    private void Refuse(FreshMachine machine)
    {
        string running = $"mmc_meta_service is running from {Home} (process ";
        Assert.Contains(running, machine.Fail($"sh {_next}"), StringComparison.Ordinal);
        Assert.Contains(running, machine.Fail($"sh {Home}/uninstall.sh"), StringComparison.Ordinal);
    }

    private static void Stop(FreshMachine machine) => machine.Run("kill %%; wait %%");

    private void Upgrade(FreshMachine machine)
    {
        string said = machine.Run($"sh {_next}");
        Assert.Contains($"in the place of {PackageFiles.Version()}", said, StringComparison.Ordinal);
        Assert.Contains(
            $"kept: {Home}/config/mmc-meta.conf, which was changed; the new defaults are in mmc-meta.conf.new", said,
            StringComparison.Ordinal);
        Assert.Equal(PackageFiles.NextVersion, machine.Run($"readlink {Home}/latest"));
        Assert.Equal("99.0.0\nconfig\nlatest\nset_env.sh\nuninstall.sh", machine.Run($"ls {Home}"));
        Assert.Equal("mmc-local.conf\nmmc-meta.conf\nmmc-meta.conf.new", machine.Run($"ls {Home}/config"));
        // Changed by the new version: the unchanged file is the new one, the changed one is as it was.
        Assert.Equal("# next", machine.Run($"tail -n 1 {Home}/config/mmc-local.conf"));
        Assert.Equal("# next", machine.Run($"tail -n 1 {Home}/config/mmc-meta.conf.new"));
        Assert.Equal("ock.mmc.evict_threshold_high = 95", machine.Run($"grep ^ock.mmc.evict_threshold_high {Home}/config/mmc-meta.conf"));
    }

    private static void AssertLeft(FreshMachine machine, SortedSet<string> before, params string[] expected)
    {
        SortedSet<string> after = machine.Files();
        // Directories that things came into and went from have other sizes, which are not compared.
        string[] left = [.. after.Except(before).Select(line => line.Split(' ')[0])];
        Assert.Equal(expected, left);
        Assert.Empty(before.Except(after));
    }
}
