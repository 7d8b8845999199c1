using System.Runtime.CompilerServices;
using Xunit;

namespace MemCache.SimulationTests;

/// <summary>Plays every file of <c>Scenarios</c>. <c>MMC_REWRITE_SCENARIOS=1</c> writes the answers into the files instead.</summary>
public class ScenarioTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder(), "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Engine_answers_as_the_scenario_says(string name)
    {
        string path = Path.Combine(Folder(), $"{name}.txt");
        string expected = File.ReadAllText(path);
        string actual = ScenarioRunner.Play(expected);
        if (Environment.GetEnvironmentVariable("MMC_REWRITE_SCENARIOS") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void There_are_scenarios() => Assert.True(Names.Count >= 12);

    // The files beside the source, so that a rewrite changes what is checked in.
    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Scenarios");
}
