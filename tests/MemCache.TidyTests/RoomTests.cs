using System.Xml.Linq;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>Who may know whom. A new product project needs a design page and a line here.</summary>
public sealed class RoomTests
{
    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Core"] = [],
        ["Interop"] = ["Core"],
        ["Protocol"] = ["Core"],
        ["Meta"] = ["Core"],
        ["Fabric"] = ["Core", "Interop", "Protocol"],
        ["LocalService"] = ["Fabric"],
        ["MetaService"] = ["Fabric", "Meta"],
        ["Native"] = ["LocalService"],
        ["DistributedCache"] = ["LocalService"],
        ["Cli"] = ["LocalService", "Meta"],
    };

    private static readonly string[] WithoutPackages = ["Core", "Interop", "Protocol", "Meta"];
    private static readonly string[] MayBeUnsafe = ["Interop", "Native"];

    public static TheoryData<string> Projects => [.. Repository.Projects("src")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_the_rooms_that_it_may_know(string project)
    {
        Assert.True(MayReference.ContainsKey(project), $"MemCache.{project} is not in the table of rooms");
        Assert.Empty(References(project, "ProjectReference").Select(Repository.ProjectName).Except(MayReference[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_inner_rooms_use_no_packages(string project)
    {
        if (WithoutPackages.Contains(project))
        {
            Assert.Empty(References(project, "PackageReference"));
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Unsafe_code_compiles_in_the_unsafe_room_only(string project)
    {
        bool isAllowed = Repository.ProjectFile(project).Descendants("AllowUnsafeBlocks").Any(node => node.Value == "true");
        Assert.True(!isAllowed || MayBeUnsafe.Contains(project));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Asp_net_is_in_the_process_only(string project)
    {
        XDocument file = Repository.ProjectFile(project);
        bool hasAspNet = file.Root!.Attribute("Sdk")!.Value.EndsWith(".Web", StringComparison.Ordinal)
            || References(project, "FrameworkReference").Any();
        Assert.True(!hasAspNet || project == "MetaService");
    }

    [Fact]
    public void The_solution_lists_every_project()
    {
        string solution = Repository.Read("MemCache.slnx");
        Assert.All(
            Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj")),
            path => Assert.Contains($"\"{path}\"", solution, StringComparison.Ordinal));
    }

    private static IEnumerable<string> References(string project, string kind) =>
        Repository.ProjectFile(project).Descendants(kind).Select(node => node.Attribute("Include")?.Value ?? "");
}
