using System.IO.Compression;
using System.Text.RegularExpressions;
using MemCache.LocalService;
using Xunit;

namespace MemCache.IntegrationTests.Packages;

/// <summary>The packages as a user gets them: restored into a project of its own, with no network.</summary>
public sealed partial class NugetPackageTests : IDisposable
{
    private static readonly string[] Projects = ["MemCache.LocalService", "MemCache.DistributedCache"];

    private readonly string _directory = Directory.CreateTempSubdirectory("memcache-test-").FullName;

    private string PackageDirectory => Path.Combine(_directory, "packages");

    [Fact]
    public void The_program_of_the_manual_runs_with_the_packages_that_this_build_makes()
    {
        Pack();
        Assert.All(Projects, AssertComplete);
        string program = BuildProgramOfTheManual();

        using var pool = new PoolFixture();
        ObjectStore memory = pool.OpenStore();
        string[] run =
        [
            program,
            "--MemCache:LocalService:ock.mmc.meta_service_url", pool.Meta.MetaServiceUrl,
            "--MemCache:LocalService:ock.mmc.local_service.config_store_url", pool.Meta.ConfigStoreUrl,
            "--MemCache:LocalService:ock.mmc.local_service.shm.path", pool.SharedMemory,
            "--MemCache:LocalService:ock.mmc.local_service.dram.size", "0",
            "--MemCache:KeyPrefix", "greeter:",
            "--MemCache:ThrowOnFailure", "true",
        ];
        Assert.Contains("not in the cache", DotnetTool.Run(_directory, run), StringComparison.Ordinal);
        Assert.Contains("in the cache: good morning", DotnetTool.Run(_directory, run), StringComparison.Ordinal);
        Assert.Equal(MemCache.Core.MmcStatus.Ok, memory.Exists("greeter:kv:greeting"));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void Pack()
    {
        foreach (string project in Projects)
        {
            DotnetTool.Run(
                Repository(), "pack", $"src/{project}", "-c", Configuration(), "--no-build", "-v", "quiet", "--nologo",
                "-o", PackageDirectory);
        }
    }

    private void AssertComplete(string project)
    {
        string path = Assert.Single(Directory.GetFiles(PackageDirectory, $"{project}.*.nupkg"));
        Assert.Single(Directory.GetFiles(PackageDirectory, $"{project}.*.snupkg"));
        using ZipArchive package = ZipFile.OpenRead(path);
        Assert.NotNull(package.GetEntry("PACKAGE.md"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{project}.dll"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{project}.xml"));
        using var reader = new StreamReader(package.GetEntry($"{project}.nuspec")!.Open());
        string description = reader.ReadToEnd();
        Assert.Contains("<license type=\"expression\">Apache-2.0</license>", description, StringComparison.Ordinal);
        // Everything of ours that a package needs is in one of the two.
        Assert.All(
            OurDependencyPattern().Matches(description).Select(match => match.Groups[1].Value),
            dependency => Assert.Contains(dependency, Projects));
    }

    private string BuildProgramOfTheManual()
    {
        string version = Path.GetFileName(Directory.GetFiles(PackageDirectory, "MemCache.DistributedCache.*.nupkg")[0])
            ["MemCache.DistributedCache.".Length..^".nupkg".Length];
        string manual = File.ReadAllText(Path.Combine(Repository(), "docs", "dotnet.md"));
        File.WriteAllText(Path.Combine(_directory, "Program.cs"), CodePattern().Match(manual).Groups[1].Value);
        // What others make comes from where the build of these tests has put it; ours from our directory only.
        File.WriteAllText(Path.Combine(_directory, "greeter.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <UseAppHost>false</UseAppHost>
                <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
                <RestorePackagesPath>{_directory}/restored</RestorePackagesPath>
                <RestoreSources>{PackageDirectory}</RestoreSources>
                <RestoreFallbackFolders>{GlobalPackages()}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="Program.cs" />
                <PackageReference Include="MemCache.DistributedCache" Version="{version}" />
                <PackageReference Include="Microsoft.Extensions.Hosting" Version="10.0.0" />
              </ItemGroup>
            </Project>
            """);
        DotnetTool.Run(
            _directory, "build", "greeter.csproj", "-c", "Release", "-v", "quiet", "--nologo", "-o", "program");
        return Path.Combine(_directory, "program", "greeter.dll");
    }

    private static string GlobalPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    // The last part of artifacts/bin/<project>/<configuration>/.
    private static string Configuration() =>
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')) == "debug" ? "Debug" : "Release";

    private static string Repository()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MemCache.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("the tests do not lie below the repository");
    }

    [GeneratedRegex("<dependency id=\"(MemCache[^\"]*)\"")]
    private static partial Regex OurDependencyPattern();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodePattern();
}
