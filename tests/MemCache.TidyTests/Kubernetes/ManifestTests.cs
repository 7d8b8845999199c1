using System.Text.Json.Nodes;
using Xunit;

namespace MemCache.TidyTests.Kubernetes;

/// <summary>The manifests without a chart: they fit together, and the checks notice when they do not.</summary>
public sealed class ManifestTests
{
    private const string Engine = "deploy/kubernetes/engine.yaml";

    public static TheoryData<string, string, string> Mistakes => new()
    {
        {
            "StatefulSet/memcache-meta", "spec/template/metadata/labels/app.kubernetes.io~1component",
            "its selector does not match"
        },
        { "StatefulSet/memcache-meta", "spec/template/spec/serviceAccountName", "there is no ServiceAccount" },
        { "StatefulSet/memcache-meta", "spec/serviceName", "no headless Service" },
        { "StatefulSet/memcache-meta", "spec/template/spec/securityContext/seccompProfile/type", "no seccomp profile" },
        { "Service/memcache-meta", "spec/selector/role", "selects pods of 0 workloads" },
        {
            "PodDisruptionBudget/memcache-meta", "spec/selector/matchLabels/app.kubernetes.io~1component",
            "selects no pod"
        },
        { "RoleBinding/memcache-meta", "roleRef/name", "there is no Role" },
        { "Lease/memcache-meta", "metadata/name", "a Role names memcache-meta" },
        { "ConfigMap/memcache-local", "metadata/name", "there is no ConfigMap" },
        { "NetworkPolicy/memcache-meta", "apiVersion", "apiVersion is not" },
        { "ConfigMap/memcache-meta", "data/mmc-meta.conf", "unknown key" },
    };

    [Fact]
    public void Manifests_fit_together() => Assert.Empty(ManifestChecks.Problems(Load()));

    [Fact]
    public void The_example_of_an_engine_fits_to_them()
    {
        JsonObject[] engine = Manifests.Parse(Repository.Read(Engine));
        Assert.Empty(ManifestChecks.Problems([.. Load(), .. engine]));
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_in_them_is_found(string title, string path, string problem)
    {
        JsonObject[] all = Load();
        JsonNode? node = all.Single(thing => thing.Title() == title);
        string[] names = [.. path.Split('/').Select(name => name.Replace("~1", "/", StringComparison.Ordinal))];
        foreach (string name in names[..^1])
        {
            node = node![name];
        }

        Assert.NotNull(node![names[^1]]);
        node[names[^1]] = "wrong = wrong";
        Assert.Contains(ManifestChecks.Problems(all), found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_that_is_given_twice_is_an_error() =>
        Assert.ThrowsAny<Exception>(() => Manifests.Parse("a: 1\nb: 2\na: 3\n"));

    [Fact]
    public void The_chart_has_the_version_of_the_programs()
    {
        JsonObject chart = Assert.Single(Manifests.Parse(Repository.Read("deploy/helm/memcache/Chart.yaml")));
        string version = Repository.Read("Directory.Build.props").Split("<VersionPrefix>")[1].Split('<')[0];
        Assert.Equal(version, chart.Text("version"));
        Assert.Equal(version, chart.Text("appVersion"));
    }

    [Fact]
    public void Every_value_of_the_chart_is_in_its_schema()
    {
        JsonNode schema = JsonNode.Parse(Repository.Read("deploy/helm/memcache/values.schema.json"))!;
        JsonObject values = Assert.Single(Manifests.Parse(Repository.Read("deploy/helm/memcache/values.yaml")));
        Assert.Empty(Unknown(schema, values, ""));
    }

    private static JsonObject[] Load() =>
    [
        .. Manifests.Parse(Repository.Read("deploy/kubernetes/namespace.yaml")),
        .. Manifests.Parse(Repository.Read("deploy/kubernetes/memcache.yaml")),
    ];

    // Both ways: what the schema knows has a default, and the other way round. Maps that the user fills end it.
    private static IEnumerable<string> Unknown(JsonNode schema, JsonObject values, string path)
    {
        if (schema["properties"] is not JsonObject properties)
        {
            yield break;
        }

        IEnumerable<string> names = properties.Select(pair => pair.Key).Except(["global"]);
        foreach (string name in names.Where(name => !values.ContainsKey(name)))
        {
            yield return $"{path}{name} has no default";
        }

        foreach ((string name, JsonNode? value) in values)
        {
            if (properties[name] is not { } inner)
            {
                yield return $"{path}{name} is not in the schema";
                continue;
            }

            foreach (string found in value is JsonObject map ? Unknown(inner, map, $"{path}{name}.") : [])
            {
                yield return found;
            }
        }
    }
}
