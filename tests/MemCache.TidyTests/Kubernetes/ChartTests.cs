using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace MemCache.TidyTests.Kubernetes;

/// <summary>
/// The chart, rendered by helm: every shape of it holds what the plain manifests hold, and illegal values are refused.
/// </summary>
public sealed partial class ChartTests
{
    private const string Plain = "deploy/kubernetes/memcache.yaml";

    private const string PlainHead =
        "# The chart with its defaults, made by a test (MMC_TEST_REWRITE=1 ./mmc test TidyTests). "
        + "docs/operations/kubernetes.md explains it.\n";

    private static readonly string[] Secrets = ["memcache-meta-tls", "memcache-local-tls", "pool-tls", "memcache-http"];

    [Fact]
    public async Task The_plain_manifests_are_the_chart_with_its_defaults()
    {
        string text = PlainHead + TrailingSpace().Replace(OwnLines().Replace(await Render(), ""), "");
        Assert.Null(Repository.Compare(Plain, text));
    }

    [Theory]
    [InlineData("local.kind=StatefulSet")]
    [InlineData("local.kind=StatefulSet,tls.enabled=true,tls.data=true")]
    [InlineData("tls.enabled=true,tls.metaSecret=pool-tls")]
    [InlineData("metrics.rules.enabled=true,metrics.dashboard.enabled=true")]
    [InlineData("http.tokenSecret=memcache-http")]
    [InlineData("local.sharedMemory.type=emptyDir")]
    [InlineData("local.sharedMemory.type=hugePages,local.dramGiB=64")]
    [InlineData(
        "local.enabled=false,engine.enabled=false,networkPolicy.enabled=false,"
        + "rbac.create=false,serviceAccount.create=false")]
    [InlineData(
        "ipFamily=IPv6,meta.ports.data=5100,meta.ports.membership=6100,meta.ports.http=8100,local.dataPort=7100")]
    [InlineData(
        "fullnameOverride=pool,meta.leaseName=lock,metrics.serviceMonitor.enabled=true,metrics.annotations=false")]
    [InlineData(
        "meta.config.ock\\.mmc\\.meta_service\\.repair_bytes_per_second=1000000000,meta.podLabels.team=a,"
        + "image.pullSecrets={x}")]
    [InlineData(
        "networkPolicy.clientNamespaceSelector.matchLabels.pool=yes,"
        + "networkPolicy.httpFrom[0].namespaceSelector.matchLabels.a=b")]
    public async Task Every_shape_of_the_chart_fits_together(string settings) =>
        Assert.Empty(ManifestChecks.Problems(Manifests.Parse(await Render(settings)), Secrets));

    [Theory]
    [InlineData("meta.replicas=2", "leader election comes with a later version")]
    [InlineData("meta.replicas=0", "/meta/replicas")]
    [InlineData("meta.ports.data=80", "/meta/ports/data")]
    [InlineData("bogus=1", "bogus")]
    [InlineData("local.kind=Deployment", "/local/kind")]
    [InlineData("local.dramGiB=4.5", "/local/dramGiB")]
    [InlineData("tls.data=true", "tls.data needs tls.enabled")]
    [InlineData("tls.enabled=true,tls.data=true", "tls.data needs local.kind = StatefulSet")]
    [InlineData("local.terminationGracePeriodSeconds=60", "has to be longer than")]
    [InlineData("meta.config.ock\\.mmc\\.meta_service_url=x", "is written by the chart")]
    [InlineData("meta.config.log_level=debug", "invalid propertyName 'log_level'")]
    public async Task A_value_that_can_not_work_is_refused(string setting, string message)
    {
        (int code, _, string error) = await ChartTools.Template(setting);
        Assert.NotEqual(0, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Helm_has_nothing_to_say_about_the_chart()
    {
        (int code, string output, string error) = await ChartTools.Run(
            "helm", "", "lint", "--strict", "deploy/helm/memcache");
        Assert.True(code == 0, output + error);
    }

    // kubectl decodes into the types of Kubernetes: a value of a wrong type is an error, an unknown field is lost.
    [Theory]
    [InlineData("local.kind=DaemonSet,tls.enabled=true")]
    [InlineData("local.kind=StatefulSet,local.sharedMemory.type=hugePages")]
    [InlineData("")]
    public async Task Kubectl_knows_every_field_of_what_has_pods(string settings)
    {
        string rendered = settings.Length > 0
            ? await Render(settings) : Repository.Read("deploy/kubernetes/engine.yaml");
        foreach (JsonObject workload in Manifests.Parse(rendered).Where(thing => thing.At("spec/template") is not null))
        {
            (int code, string output, string error) = await ChartTools.Run(
                "kubectl", workload.ToJsonString(), "set", "image", "--local", "-f", "-", "-o", "json", "*=checked:1");
            Assert.True(code == 0, $"{workload.Title()}: {error}");
            Assert.Empty(Lost(workload, JsonNode.Parse(output), workload.Title()));
        }
    }

    [Fact]
    public async Task Kubectl_builds_the_directory_of_manifests()
    {
        (int code, string output, string error) = await ChartTools.Run("kubectl", "", "kustomize", "deploy/kubernetes");
        Assert.True(code == 0, error);
        Assert.Equal(
            Manifests.Parse(Repository.Read(Plain)).Select(Manifests.Title).Append("Namespace/memcache")
                .Order(StringComparer.Ordinal),
            Manifests.Parse(output).Select(Manifests.Title).Order(StringComparer.Ordinal));
    }

    private static async Task<string> Render(params string[] settings)
    {
        (int code, string output, string error) = await ChartTools.Template(settings);
        Assert.True(code == 0, error);
        return output;
    }

    private static IEnumerable<string> Lost(JsonNode? ours, JsonNode? typed, string path) => ours switch
    {
        JsonObject map => map.SelectMany(pair => typed is JsonObject other && other.ContainsKey(pair.Key)
            ? Lost(pair.Value, other[pair.Key], $"{path}/{pair.Key}")
            : pair.Value is JsonValue value && value.ToString() == "false" ? [] : [$"{path}/{pair.Key}"]),
        JsonArray list => list.SelectMany(
            (item, i) => Lost(item, (typed as JsonArray)?.ElementAtOrDefault(i), $"{path}[{i}]")),
        _ => [],
    };

    // What is there for Helm only.
    [GeneratedRegex(
        @"^(?:# Source:| +app\.kubernetes\.io/managed-by: Helm| +helm\.sh/chart:).*\n", RegexOptions.Multiline)]
    private static partial Regex OwnLines();

    [GeneratedRegex(@"[ \t]+$", RegexOptions.Multiline)]
    private static partial Regex TrailingSpace();
}
