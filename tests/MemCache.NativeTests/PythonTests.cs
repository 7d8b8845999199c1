using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace MemCache.NativeTests;

/// <summary>
/// Runs the Python package's own tests, each module as a process, from the package that <c>./mmc</c> staged in artifacts/python.
/// MMC_TEST_PYTHONS names interpreters, separated by colons; without it the system's, which alone has torch and numpy.
/// </summary>
public sealed class PythonTests
{
    private const string SystemPython = "/usr/bin/python3";

    /// <summary>Needs torch and numpy, which other interpreters than the system's do not have.</summary>
    private const string TensorModule = "test_tensors";

    private const string AdapterTests =
        "import os, sys, unittest; os.environ['MMC_TEST_REAL'] = sys.argv[1]; os.chdir(sys.argv[2]); sys.path.insert(0, '.'); "
        + "unittest.main(module=None, argv=['unittest', 'discover', '-s', 'tests', '-t', '.'])";

    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(4);

    private static readonly string Root = FindRoot();

    public static TheoryData<string, string> Modules
    {
        get
        {
            var modules = new TheoryData<string, string>();
            string named = Environment.GetEnvironmentVariable("MMC_TEST_PYTHONS") ?? "";
            string[] pythons = named.Length == 0 ? [SystemPython] : named.Split(':');
            foreach (string python in pythons)
            {
                foreach (string path in Directory.EnumerateFiles(Tests, "test_*.py").Order(StringComparer.Ordinal))
                {
                    string module = Path.GetFileNameWithoutExtension(path);
                    if (module != TensorModule || python == SystemPython)
                    {
                        modules.Add(python, module);
                    }
                }
            }

            return modules;
        }
    }

    private static string Tests => Path.Combine(Root, "bindings", "python", "tests");

    private static string Package => Path.Combine(Root, "artifacts", "python");

    [Theory]
    [MemberData(nameof(Modules))]
    public async Task Python_module_passes(string python, string module)
    {
        Assert.True(File.Exists(python), $"{python} is missing: ./mmc test installs it");
        (int code, string output) = await Run(python, "-B", "-m", "unittest", "-v", module);
        Assert.True(code == 0, $"{python} -m unittest {module}, in {Tests}, ended with {code}:\n{output}");
        Assert.Contains("\nOK", output, StringComparison.Ordinal);
        Assert.DoesNotContain("skipped", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Engine_adapters_work_against_their_fake_and_against_the_package(string real)
    {
        (int code, string output) = await Run(
            SystemPython, "-B", "-c", AdapterTests, real, Path.Combine(Root, "integrations"));
        Assert.True(code == 0, $"the tests of integrations, with MMC_TEST_REAL={real}, ended with {code}:\n{output}");
        Assert.Contains("\nOK", output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> Run(string python, params string[] arguments)
    {
        var start = new ProcessStartInfo(python, arguments)
        {
            WorkingDirectory = Tests,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONPATH"] = Package;
        start.Environment["MMC_WHEEL"] = Directory.EnumerateFiles(Path.Combine(Package, "wheel"), "*.whl").Single();
        var output = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeMax);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Append(output, $"(killed after {TimeMax})");
            return (-1, Text(output));
        }

        return (process.ExitCode, Text(output));
    }

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
        {
            output.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder output)
    {
        lock (output)
        {
            return output.ToString();
        }
    }

    private static string FindRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));
}
