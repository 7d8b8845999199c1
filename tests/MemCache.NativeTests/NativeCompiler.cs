using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace MemCache.NativeTests;

/// <summary>Compiles the programs of the tests with gcc and g++, each once for a run.</summary>
internal static class NativeCompiler
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);
    private static readonly ConcurrentDictionary<(string, string, bool, bool), Lazy<string>> Programs = new();

    /// <summary>Compiles a source against the library.</summary>
    /// <param name="source">File name, as for <see cref="NativeLibraryFiles.Source"/>.</param>
    /// <param name="standard">Such as <c>c11</c> or <c>c++14</c>.</param>
    /// <param name="isSanitized">With the address sanitizer and its leak check.</param>
    /// <param name="isLinked">Whether the library is linked; else the program loads it itself.</param>
    /// <returns>Path of the program.</returns>
    public static string Compile(string source, string standard, bool isSanitized, bool isLinked = true) => Programs.GetOrAdd(
        (source, standard, isSanitized, isLinked),
        key => new Lazy<string>(() => Run(key.Item1, key.Item2, key.Item3, key.Item4))).Value;

    private static string Run(string source, string standard, bool isSanitized, bool isLinked)
    {
        string name = Path.ChangeExtension(source, null).Replace('/', '-');
        string program = Path.Combine(NativeLibraryFiles.Output, $"{name}-{standard}{(isSanitized ? "-asan" : "")}");
        List<string> arguments = [$"-std={standard}", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-pthread"];
        arguments.AddRange(NativeLibraryFiles.Includes.Select(directory => "-I" + directory));
        arguments.AddRange(isSanitized ? ["-fsanitize=address", "-fno-omit-frame-pointer"] : []);
        arguments.AddRange([NativeLibraryFiles.Source(source), "-o", program]);
        // The gate alone names functions of the C# side: a program that is not linked must not come to them.
        arguments.AddRange(isLinked
            ? ["-L" + Path.GetDirectoryName(NativeLibraryFiles.Library), "-lmf_memcache", "-Wl,-rpath," + NativeLibraryFiles.Directory]
            : ["-no-pie", "-Wl,--unresolved-symbols=ignore-all"]);
        Execute(source.EndsWith(".cpp", StringComparison.Ordinal) ? "g++" : "gcc", arguments);
        return program;
    }

    private static void Execute(string compiler, IEnumerable<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Timeout))
            {
                process.Kill();
                throw new TimeoutException($"{compiler} took longer than {Timeout}");
            }

            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{compiler} ended with code {process.ExitCode}:\n{errors.Result}");
            }
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"{compiler} can't be started: install it (./mmc test does, with apt)", exception);
        }
    }
}
