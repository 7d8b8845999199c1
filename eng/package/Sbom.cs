#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
// The list of components of what ./mmc package makes, as CycloneDX 1.5: the libraries of the lock files, the .NET runtime
// that is compiled in, and what the system brings. Arguments: the repository, the file to write.
// The same commit gives the same bytes: the time is that of SOURCE_DATE_EPOCH, the serial number is made of the content.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

string root = args[0];
string[] shipped = ["Core", "Interop", "Protocol", "Meta", "Fabric", "LocalService", "MetaService", "DistributedCache", "Native", "Cli"];
// What only the build uses.
string[] tools = ["Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks", "Microsoft.DotNet.ILCompiler"];
string version = Regex.Match(File.ReadAllText(Path.Combine(root, "Directory.Build.props")), "<VersionPrefix>(.*)</VersionPrefix>").Groups[1].Value;
string product = $"pkg:generic/memcache_hybrid@{version}";

var libraries = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
var uses = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal) { [product] = new(StringComparer.Ordinal) };
foreach (string project in shipped)
{
    ReadLock(Path.Combine(root, "src", $"MemCache.{project}", "packages.lock.json"));
}

foreach (JsonObject component in (JsonObject[])[Runtime(), .. System()])
{
    libraries.Add(component["bom-ref"]!.GetValue<string>(), component);
    uses[product].Add(component["bom-ref"]!.GetValue<string>());
}

var document = new JsonObject
{
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.5",
    ["version"] = 1,
    ["metadata"] = new JsonObject
    {
        ["timestamp"] = Time().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ["component"] = new JsonObject
        {
            ["type"] = "application",
            ["bom-ref"] = product,
            ["name"] = "memcache_hybrid",
            ["version"] = version,
            ["purl"] = product,
            ["licenses"] = Licenses("Apache-2.0"),
        },
    },
    ["components"] = new JsonArray([.. libraries.Values]),
    ["dependencies"] = new JsonArray([.. uses.Select(entry => new JsonObject
    {
        ["ref"] = entry.Key,
        ["dependsOn"] = new JsonArray([.. entry.Value.Where(libraries.ContainsKey).Select(name => (JsonNode)name)]),
    })]),
};
byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(document.ToJsonString()));
document.Insert(2, "serialNumber", $"urn:uuid:{new Guid(digest.AsSpan(0, 16))}");
File.WriteAllText(args[1], document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");

void ReadLock(string path)
{
    foreach ((_, JsonNode? framework) in JsonNode.Parse(File.ReadAllText(path))!["dependencies"]!.AsObject())
    {
        JsonObject entries = framework!.AsObject();
        foreach ((string name, JsonNode? entry) in entries)
        {
            string type = entry!["type"]!.GetValue<string>();
            if (type != "Project" && !tools.Contains(name))
            {
                AddLibrary(name, entry, entries);
            }
        }
    }
}

void AddLibrary(string name, JsonNode entry, JsonObject all)
{
    string resolved = entry["resolved"]!.GetValue<string>();
    string reference = $"pkg:nuget/{name}@{resolved}";
    libraries[reference] = new JsonObject
    {
        ["type"] = "library",
        ["bom-ref"] = reference,
        ["name"] = name,
        ["version"] = resolved,
        ["purl"] = reference,
        ["hashes"] = new JsonArray(new JsonObject
        {
            ["alg"] = "SHA-512",
            ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(entry["contentHash"]!.GetValue<string>())),
        }),
    };
    if (License(name, resolved) is { } license)
    {
        libraries[reference]["licenses"] = Licenses(license);
    }

    uses[product].Add(reference);
    uses.TryAdd(reference, new SortedSet<string>(StringComparer.Ordinal));
    foreach (string needed in (entry["dependencies"] as JsonObject ?? []).Select(pair => pair.Key))
    {
        if (all[needed]?["resolved"]?.GetValue<string>() is { } found)
        {
            uses[reference].Add($"pkg:nuget/{needed}@{found}");
        }
    }
}

// As the library says it itself, in the folder where the build has put it.
string? License(string name, string resolved)
{
    string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
    string path = Path.Combine(packages, name.ToLowerInvariant(), resolved, name.ToLowerInvariant() + ".nuspec");
    return !File.Exists(path) ? null : XDocument.Load(path).Descendants()
        .FirstOrDefault(e => e.Name.LocalName == "license" && (string?)e.Attribute("type") == "expression")?.Value;
}

JsonObject Runtime()
{
    // The ahead-of-time build names the version that it links.
    string path = Path.Combine(root, "artifacts", "aot", "lock", "MemCache.MetaService.json");
    string linked = Regex.Match(File.ReadAllText(path), "\"Microsoft.DotNet.ILCompiler\": {[^}]*\"resolved\": \"([^\"]*)\"").Groups[1].Value;
    return Component("framework", "Microsoft.NETCore.App", linked, $"pkg:nuget/Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64@{linked}", "MIT");
}

// Not in the packages: found on the machine where they are installed.
JsonObject[] System() =>
[
    Component("library", "libc6", "", "pkg:deb/debian/libc6", "LGPL-2.1-or-later"),
    Component("library", "libssl3", "", "pkg:deb/debian/libssl3", "Apache-2.0", isOptional: true),
];

static JsonObject Component(string type, string name, string version, string purl, string license, bool isOptional = false)
{
    var component = new JsonObject { ["type"] = type, ["bom-ref"] = purl, ["name"] = name };
    if (version.Length > 0)
    {
        component["version"] = version;
    }

    component["scope"] = isOptional ? "optional" : "required";
    component["purl"] = purl;
    component["licenses"] = Licenses(license);
    return component;
}

static JsonArray Licenses(string expression) => [new JsonObject { ["expression"] = expression }];

static DateTime Time() => DateTime.UnixEpoch.AddSeconds(long.Parse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") ?? "0"));
