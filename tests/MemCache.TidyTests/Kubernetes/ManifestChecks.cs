using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MemCache.Core;

namespace MemCache.TidyTests.Kubernetes;

/// <summary>What has to hold between the objects of an installation and within each, without a cluster.</summary>
internal sealed partial class ManifestChecks
{
    private const string TlsDirectory = "/etc/memcache-tls";

    // Kinds that the chart makes, their version, and the fields of their spec; those with pods are kubectl's to check.
    private static readonly Dictionary<string, (string Version, string[] Fields)> Kinds = new()
    {
        ["StatefulSet"] = ("apps/v1", []),
        ["DaemonSet"] = ("apps/v1", []),
        ["Deployment"] = ("apps/v1", []),
        ["Service"] = ("v1", ["type", "clusterIP", "publishNotReadyAddresses", "selector", "ports"]),
        ["ConfigMap"] = ("v1", []),
        ["Namespace"] = ("v1", []),
        ["ServiceAccount"] = ("v1", []),
        ["Role"] = ("rbac.authorization.k8s.io/v1", []),
        ["RoleBinding"] = ("rbac.authorization.k8s.io/v1", []),
        ["Lease"] = ("coordination.k8s.io/v1", []),
        ["PodDisruptionBudget"] = ("policy/v1", ["maxUnavailable", "selector"]),
        ["NetworkPolicy"] = ("networking.k8s.io/v1", ["podSelector", "policyTypes", "ingress"]),
        ["PrometheusRule"] = ("monitoring.coreos.com/v1", ["groups"]),
        ["ServiceMonitor"] = ("monitoring.coreos.com/v1", ["selector", "endpoints"]),
    };

    private static readonly HashSet<string> Variables =
    [
        MetaServiceOptions.PathVariable,
        LocalServiceOptions.PathVariable,
        .. MetaServiceOptions.Table.Settings.Select(setting => setting.Variable),
        .. LocalServiceOptions.Table.Settings.Select(setting => setting.Variable),
    ];

    private readonly JsonObject[] _all;
    private readonly string[] _secrets;
    private readonly List<string> _problems = [];

    private ManifestChecks(JsonObject[] all, string[] secrets)
    {
        _all = all;
        _secrets = secrets;
    }

    private IEnumerable<JsonObject> Workloads => _all.Where(thing => thing.At("spec/template") is not null);

    /// <summary>Everything that does not hold, one sentence each.</summary>
    /// <param name="all">All objects.</param>
    /// <param name="secrets">Secrets that the operator makes.</param>
    public static IReadOnlyList<string> Problems(JsonObject[] all, params string[] secrets)
    {
        var checks = new ManifestChecks(all, secrets);
        checks.CheckObjects();
        foreach (JsonObject workload in checks.Workloads)
        {
            checks.CheckWorkload(workload);
        }

        checks.CheckSelectors();
        checks.CheckPolicies();
        checks.CheckRights();
        checks.CheckConfigurations();
        return checks._problems;
    }

    private void CheckObjects()
    {
        foreach (IGrouping<string, JsonObject> same in _all.GroupBy(Manifests.Title).Where(same => same.Count() > 1))
        {
            _problems.Add($"{same.Key} is there twice");
        }

        foreach (JsonObject thing in _all)
        {
            if (!Kinds.TryGetValue(thing.Text("kind"), out (string Version, string[] Fields) kind))
            {
                _problems.Add($"{thing.Title()} is of a kind that these checks do not know");
                continue;
            }

            Require(thing.Text("apiVersion") == kind.Version, $"{thing.Title()}: apiVersion is not {kind.Version}");
            Require(
                thing.Text("kind") == "Namespace" || thing.Text("metadata/namespace") == "memcache",
                $"{thing.Title()} is in another namespace");
            IEnumerable<string> fields = kind.Fields.Length > 0 && thing.At("spec") is JsonObject spec
                ? spec.Select(pair => pair.Key) : [];
            foreach (string field in fields.Except(kind.Fields))
            {
                _problems.Add($"{thing.Title()}: spec.{field} is not known");
            }
        }
    }

    private void CheckWorkload(JsonObject workload)
    {
        string title = workload.Title();
        JsonNode pod = workload.At("spec/template/spec")!;
        Require(
            IsPart(workload.At("spec/selector/matchLabels"), PodLabels(workload)),
            $"{title}: its selector does not match its pods");
        string account = pod.Text("serviceAccountName");
        Require(
            account is "" or "default" || Has("ServiceAccount", account),
            $"{title}: there is no ServiceAccount {account}");
        if (workload.Text("kind") == "StatefulSet")
        {
            JsonObject? service = Find("Service", workload.Text("spec/serviceName"));
            Require(service?.Text("spec/clusterIP") == "None", $"{title}: its serviceName is no headless Service");
        }

        CheckPodSecurity(title, pod);
        string[] volumes = [.. pod.Items("volumes").Select(volume => volume.Text("name"))];
        foreach (JsonNode volume in pod.Items("volumes"))
        {
            string map = volume.Text("configMap/name");
            string secret = volume.Text("secret/secretName");
            Require(map.Length == 0 || Has("ConfigMap", map), $"{title}: there is no ConfigMap {map}");
            Require(secret.Length == 0 || _secrets.Contains(secret), $"{title}: nobody makes Secret {secret}");
            // Private keys: root's, readable by the group that the process is in, and by nobody else.
            Require(
                secret.Length == 0 || volume.Text("secret/defaultMode") == "288",
                $"{title}: Secret {secret} is not mounted with mode 0440");
        }

        string[] mounted = [];
        foreach (JsonNode container in pod.Items("containers"))
        {
            CheckContainer(title, container);
            mounted = [.. mounted, .. container.Items("volumeMounts").Select(mount => mount.Text("name"))];
        }

        Require(
            !mounted.Except(volumes).Any(),
            $"{title}: mounts {string.Join(", ", mounted.Except(volumes))}, which are no volumes");
        Require(
            !volumes.Except(mounted).Any(),
            $"{title}: volumes {string.Join(", ", volumes.Except(mounted))} are not mounted");
    }

    // The level "restricted" of Kubernetes, but for hostPath.
    private void CheckPodSecurity(string title, JsonNode pod)
    {
        JsonNode? security = pod.At("securityContext");
        Require(
            security.Text("runAsNonRoot") == "true" && security.Text("runAsUser") is not ("" or "0"),
            $"{title}: may run as root");
        Require(security.Text("seccompProfile/type") == "RuntimeDefault", $"{title}: has no seccomp profile");
        foreach (string field in new[] { "hostNetwork", "hostPID", "hostIPC" })
        {
            Require(pod.At(field) is null, $"{title}: uses {field}");
        }
    }

    private void CheckContainer(string title, JsonNode container)
    {
        string where = $"{title}, container {container.Text("name")}";
        JsonNode? security = container.At("securityContext");
        Require(security.Text("allowPrivilegeEscalation") == "false", $"{where}: may gain privileges");
        Require(
            security.Items("capabilities/drop").Any(name => name.ToString() == "ALL"),
            $"{where}: keeps capabilities");
        Require(container.Text("resources/limits/memory").Length > 0, $"{where}: has no memory limit");
        Require(
            !container.Text("image").EndsWith(":latest", StringComparison.Ordinal)
            && container.Text("image").Contains(':', StringComparison.Ordinal),
            $"{where}: its image has no version");
        foreach (string name in container.Items("env").Select(variable => variable.Text("name")).Where(IsOurs))
        {
            Require(Variables.Contains(name), $"{where}: {name} is no variable of a configuration key");
        }

        string[] ports = [.. container.Items("ports").Select(port => port.Text("name"))];
        Require(ports.Distinct().Count() == ports.Length, $"{where}: port names are not unique");
        string http = Repository.Read("docs/reference/http.md");
        foreach (string probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
        {
            if (container.At($"{probe}/httpGet") is { } get)
            {
                Require(ports.Contains(get.Text("port")), $"{where}: {probe} asks a port that is not there");
                Require(
                    http.Contains($"`GET {get.Text("path").Split('?')[0]}", StringComparison.Ordinal),
                    $"{where}: {probe} asks for {get.Text("path")}, which is not served");
            }
        }

        IEnumerable<string> paths = container.Items("volumeMounts").Select(mount => mount.Text("mountPath"));
        foreach (string outer in paths)
        {
            // The directory of an inner mount can't be made in a read-only volume.
            Require(
                !paths.Any(inner => inner.StartsWith(outer + "/", StringComparison.Ordinal)),
                $"{where}: a mount lies inside {outer}");
        }
    }

    private void CheckSelectors()
    {
        foreach (JsonObject service in Of("Service"))
        {
            JsonNode? selector = service.At("spec/selector");
            JsonObject[] behind = [.. Workloads.Where(workload => IsPart(selector, PodLabels(workload)))];
            Require(behind.Length == 1, $"{service.Title()}: selects pods of {behind.Length} workloads");
            string[] ports = [.. behind.SelectMany(PortsOf).Select(port => port.Text("name"))];
            foreach (JsonNode port in service.Items("spec/ports"))
            {
                Require(
                    ports.Contains(port.Text("targetPort")),
                    $"{service.Title()}: port {port.Text("name")} leads nowhere");
            }
        }

        foreach (JsonObject thing in Of("PodDisruptionBudget").Concat(Of("NetworkPolicy")))
        {
            JsonNode? selector = thing.At("spec/selector/matchLabels") ?? thing.At("spec/podSelector/matchLabels");
            Require(
                Workloads.Any(workload => IsPart(selector, PodLabels(workload))),
                $"{thing.Title()}: selects no pod");
        }

        foreach (JsonObject monitor in Of("ServiceMonitor"))
        {
            JsonNode? selector = monitor.At("spec/selector/matchLabels");
            int count = Of("Service").Count(service => IsPart(selector, service.At("metadata/labels")));
            Require(count == 1, $"{monitor.Title()}: selects {count} Services");
        }
    }

    private void CheckPolicies()
    {
        foreach (JsonObject policy in Of("NetworkPolicy"))
        {
            JsonNode? selector = policy.At("spec/podSelector/matchLabels");
            JsonObject? workload = Workloads.FirstOrDefault(one => IsPart(selector, PodLabels(one)));
            (int Begin, int End)[] open =
            [
                .. policy.Items("spec/ingress").SelectMany(rule => rule.Items("ports")).Select(port =>
                    (Number(port.Text("port")), Number(port.Text(port.At("endPort") is null ? "port" : "endPort")))),
            ];
            foreach (JsonNode port in workload is null ? [] : PortsOf(workload))
            {
                int number = Number(port.Text("containerPort"));
                Require(
                    open.Any(range => number >= range.Begin && number <= range.End),
                    $"{policy.Title()}: nobody reaches port {number}");
            }
        }
    }

    private void CheckRights()
    {
        foreach (JsonObject binding in Of("RoleBinding"))
        {
            Require(
                Has("Role", binding.Text("roleRef/name")),
                $"{binding.Title()}: there is no Role {binding.Text("roleRef/name")}");
        }

        foreach (JsonNode rule in Of("Role").SelectMany(role => role.Items("rules")))
        {
            string[] verbs = [.. rule.Items("verbs").Select(verb => verb.ToString())];
            Require(!verbs.Contains("*"), "a Role allows everything");
            foreach (string name in rule.Items("resourceNames").Select(name => name.ToString()))
            {
                bool isPod = rule.Items("resources").Any(resource => resource.ToString() == "pods");
                Require(
                    isPod ? Has("StatefulSet", PodName(name)) : Has("Lease", name),
                    $"a Role names {name}, which is not there");
            }
        }
    }

    private void CheckConfigurations()
    {
        foreach (JsonObject map in Of("ConfigMap"))
        {
            foreach ((string file, JsonNode? text) in map.At("data") as JsonObject ?? [])
            {
                CheckConfiguration(map, file, text?.ToString() ?? "");
            }
        }
    }

    // Reads the files with the code that the programs read them with.
    private void CheckConfiguration(JsonObject map, string file, string text)
    {
        if (!file.EndsWith(".conf", StringComparison.Ordinal))
        {
            return;
        }

        DirectoryInfo directory = Directory.CreateTempSubdirectory("mmc-manifests-");
        try
        {
            // The programs want the files to be there; what is in them comes later.
            foreach (string name in new[] { "ca.crt", "tls.crt", "tls.key" })
            {
                File.WriteAllText(Path.Combine(directory.FullName, name), "");
                File.SetUnixFileMode(
                    Path.Combine(directory.FullName, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            string path = Path.Combine(directory.FullName, file);
            File.WriteAllText(path, text.Replace(TlsDirectory, directory.FullName, StringComparison.Ordinal));
            _problems.AddRange(Load(map, file, path).Select(warning => $"{map.Title()}: {warning}"));
        }
        catch (OptionsException exception)
        {
            _problems.Add($"{map.Title()}: {exception.Message}");
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        foreach (string tls in TlsPath().Matches(text).Select(match => match.Groups[1].Value))
        {
            Require(
                UsersOf(map).All(container => Mounts(container, TlsDirectory))
                && tls.StartsWith(TlsDirectory + "/", StringComparison.Ordinal),
                $"{map.Title()}: {tls} is not mounted");
        }
    }

    private IReadOnlyList<string> Load(JsonObject map, string file, string path)
    {
        IReadOnlyList<string> warnings;
        if (file == "mmc-meta.conf")
        {
            CheckMeta(map, MetaServiceOptions.Load(path, out warnings));
        }
        else
        {
            CheckLocal(map, LocalServiceOptions.Load(path, out warnings));
        }

        return warnings;
    }

    private void CheckMeta(JsonObject map, MetaServiceOptions options)
    {
        (string Name, string Url)[] addresses =
            [("data", options.MetaServiceUrl), ("membership", options.ConfigStoreUrl), ("http", options.MetricsUrl)];
        foreach ((string name, string url) in addresses)
        {
            string port = UsersOf(map).SelectMany(container => container.Items("ports"))
                .FirstOrDefault(port => port.Text("name") == name).Text("containerPort");
            Require(
                url.EndsWith(":" + port, StringComparison.Ordinal),
                $"{map.Title()}: {url} is not port {name} of the container, {port}");
        }
    }

    private void CheckLocal(JsonObject map, LocalServiceOptions options)
    {
        foreach (string url in new[] { options.MetaServiceUrl, options.ConfigStoreUrl })
        {
            Match match = ServiceAddress().Match(url);
            JsonObject? service = Find("Service", match.Groups["name"].Value);
            Require(
                service is not null
                && service.Items("spec/ports").Any(port => port.Text("port") == match.Groups["port"].Value),
                $"{map.Title()}: {url} is no Service");
        }

        foreach (JsonNode container in UsersOf(map).Where(container => container.Text("name") == "local-service"))
        {
            Require(
                Mounts(container, options.SharedMemoryDirectory),
                $"{map.Title()}: {options.SharedMemoryDirectory} is not mounted");
            string huge = container.Text("resources/limits/hugepages-2Mi");
            long limit = MiB(huge.Length > 0 ? huge : container.Text("resources/limits/memory")) << 20;
            // A directory slot of 320 bytes and a stamp of 8 for each page of 4 KiB.
            long needed = options.DramSizeBytes + (options.DramSizeBytes / 4096 * 328) + (4L << 20);
            Require(
                limit >= needed,
                $"{map.Title()}: a segment of {options.DramSizeBytes} bytes does not fit into the limit of {limit}");
        }
    }

    private IEnumerable<JsonNode> UsersOf(JsonObject map) => Workloads
        .Where(workload => workload.Items("spec/template/spec/volumes")
            .Any(volume => volume.Text("configMap/name") == map.Text("metadata/name")))
        .SelectMany(workload => workload.Items("spec/template/spec/containers"));

    private static IEnumerable<JsonNode> PortsOf(JsonObject workload) =>
        workload.Items("spec/template/spec/containers").SelectMany(container => container.Items("ports"));

    private static JsonNode? PodLabels(JsonObject workload) => workload.At("spec/template/metadata/labels");

    private IEnumerable<JsonObject> Of(string kind) => _all.Where(thing => thing.Text("kind") == kind);

    private static bool IsOurs(string variable) => variable.StartsWith("MMC_", StringComparison.Ordinal);

    private static bool Mounts(JsonNode container, string path) =>
        container.Items("volumeMounts").Any(mount => mount.Text("mountPath") == path);

    private static string PodName(string pod) => pod[..pod.LastIndexOf('-')];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static long MiB(string text) => text.EndsWith("Mi", StringComparison.Ordinal) ? Number(text[..^2]) : 0;

    private static bool IsPart(JsonNode? selector, JsonNode? labels) =>
        selector is JsonObject { Count: > 0 } wanted
        && wanted.All(pair => (labels as JsonObject)?[pair.Key]?.ToString() == pair.Value?.ToString());

    private JsonObject? Find(string kind, string name) =>
        _all.FirstOrDefault(thing => thing.Text("kind") == kind && thing.Text("metadata/name") == name);

    private bool Has(string kind, string name) => Find(kind, name) is not null;

    private void Require(bool holds, string problem)
    {
        if (!holds)
        {
            _problems.Add(problem);
        }
    }

    [GeneratedRegex(@"\.(?:ca|cert|key)\.path = (\S+)")]
    private static partial Regex TlsPath();

    [GeneratedRegex(@"^tcp://(?<name>[a-z0-9-]+)\.memcache\.svc:(?<port>\d+)$")]
    private static partial Regex ServiceAddress();
}
