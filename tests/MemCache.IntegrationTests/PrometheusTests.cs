using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>Debian's Prometheus reads what a MetaService with traffic shows, and takes the rules.</summary>
public class PrometheusTests
{
    private const string Missing =
        "no prometheus and promtool: `./mmc test` gets them with apt-get, which can't be done here";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Unpacked by ./mmc test beside the programs' directories, or installed.
    private static readonly string[] Places =
        [Path.Combine(AppContext.BaseDirectory, "../../../debian/prometheus/usr/bin"), "/usr/bin", "/usr/local/bin"];

    [Fact]
    public async Task Promtool_has_nothing_to_say_about_the_page()
    {
        string promtool = Find("promtool");
        using var pool = new PoolFixture();
        Use(pool);
        using var http = new HttpClient();
        string page = await http.GetStringAsync(new Uri(pool.Meta.MetricsUrl + "/metrics"), TestContext.Current.CancellationToken);
        (int code, string output) = await RunAsync(promtool, ["check", "metrics"], page);
        Assert.True(code == 0 && output.Length == 0, $"promtool ended with {code}:\n{output}");
    }

    [Theory]
    [InlineData("check rules", "memcache-alerts.yml")]
    [InlineData("check rules", "memcache-recording.yml")]
    [InlineData("test rules", "memcache-alerts.test.yml")]
    public async Task Promtool_takes_the_rules_and_their_tests(string command, string file)
    {
        string promtool = Find("promtool");
        string path = Path.Combine(RepositoryRoot(), "deploy", "prometheus", file);
        (int code, string output) = await RunAsync(promtool, [.. command.Split(' '), path], "");
        Assert.True(code == 0, $"promtool ended with {code}:\n{output}");
    }

    [Fact]
    public async Task Prometheus_scrapes_what_clients_did()
    {
        string prometheus = Find("prometheus");
        using var pool = new PoolFixture();
        Use(pool);
        pool.WaitForMetric("memcache_client_get_bytes_total", value => value > 0, "above 0");
        string url = Invariant($"http://127.0.0.1:{FreePort.Take(1)[0]}");
        using ChildProcess server = StartPrometheus(prometheus, pool, new Uri(url).Authority);
        using var http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(10) };
        Assert.Equal(1, await QueryAsync(http, server, "memcache_stored_keys"));
        Assert.Equal(100_000, await QueryAsync(http, server, "sum(memcache_client_get_bytes_total)"));
        Assert.Equal(1, await QueryAsync(http, server, "memcache_rank_get_bytes_total{rank=\"0\",path=\"own\"} > bool 0"));
        Assert.Equal(1, await QueryAsync(http, server, "up{job=\"memcache\"}"));
        Assert.Equal(1, await QueryAsync(http, server, "memcache:fill:ratio > bool 0"));
    }

    private static void Use(PoolFixture pool)
    {
        ObjectStore store = pool.OpenStore();
        byte[] value = new byte[100_000];
        Assert.Equal(MmcStatus.Ok, store.Put("key", value));
        Assert.Equal(MmcStatus.Ok, store.Get("key", value, out _));
        Assert.Equal(MmcStatus.ObjectNotFound, store.Get("absent", value, out _));
        Assert.Equal(MmcStatus.Ok, store.Exists("key"));
    }

    private static ChildProcess StartPrometheus(string prometheus, PoolFixture pool, string address)
    {
        string config = Path.Combine(pool.Meta.Directory, "prometheus.yml");
        File.WriteAllText(config, $"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files:
              - {RepositoryRoot()}/deploy/prometheus/memcache-recording.yml
              - {RepositoryRoot()}/deploy/prometheus/memcache-alerts.yml
            scrape_configs:
              - job_name: memcache
                static_configs:
                  - targets: ["{new Uri(pool.Meta.MetricsUrl).Authority}"]
            """);
        return ChildProcess.StartPath(prometheus,
        [
            $"--config.file={config}", $"--storage.tsdb.path={Path.Combine(pool.Meta.Directory, "tsdb")}",
            $"--web.listen-address={address}", "--log.level=error",
        ]);
    }

    /// <summary>The only sample of an expression, as soon as there is one.</summary>
    private static async Task<double> QueryAsync(HttpClient http, ChildProcess server, string expression)
    {
        long start = Stopwatch.GetTimestamp();
        string last = "";
        while (Stopwatch.GetElapsedTime(start) < Patience && !server.HasExited)
        {
            try
            {
                JsonElement answer = await http.GetFromJsonAsync<JsonElement>(
                    "/api/v1/query?query=" + Uri.EscapeDataString(expression), TestContext.Current.CancellationToken);
                last = answer.GetRawText();
                JsonElement[] samples = [.. answer.GetProperty("data").GetProperty("result").EnumerateArray()];
                if (samples.Length == 1)
                {
                    return double.Parse(samples[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
                }
            }
            catch (HttpRequestException exception)
            {
                last = exception.Message;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"no sample of {expression}: {last}\n{server.Output}");
        return 0;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            string text = await output + await errors;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, text);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static string Find(string program)
    {
        string? path = Places.Select(place => Path.Combine(place, program)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, Missing);
        return path!;
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MemCache.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("no MemCache.slnx above the tests");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
