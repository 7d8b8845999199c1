using System.CommandLine;
using MemCache.Core;
using MemCache.LocalService;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc put</c>: stores a file under a key, for a test.</summary>
internal static class PutCommand
{
    private const int ExistsExitCode = 4;
    private const string StandardInput = "-";
    private const string Help = """
        Stores the bytes of a file, or of standard input, under a key. An object that is there already stays as it is:
        exit code 4.
        """;

    private static readonly Argument<string> Key = new("key") { Description = "Key of the object" };

    private static readonly Argument<string> Source = new("file")
    {
        Description = "File with the bytes; -: standard input",
    };

    private static readonly Option<int> Replicas =
        CliOptions.Count("--replicas", "Ranks that are to hold it", 1, 1, Limits.ReplicaCountMax);

    /// <summary>Makes the command.</summary>
    public static Command Create() => StoreOptions.With(new Command("put", Help) { Key, Source, Replicas }, Run);

    private static int Run(ObjectStore store, ParseResult arguments)
    {
        string key = arguments.GetValue(Key)!;
        byte[] value = Read(arguments.GetValue(Source)!);
        var keys = new KeyBatch(key);
        var found = new ObjectDescription[1];
        if (store.Query(keys, found) == MmcStatus.Ok)
        {
            Screen.Error.WriteLine($"mmc: {key}: is there already; it stays as it is");
            return ExistsExitCode;
        }

        MmcStatus status = store.Put(key, value, new ReplicateOptions(arguments.GetValue(Replicas)));
        if (status != MmcStatus.Ok)
        {
            throw new AdminException($"{key}: {status} ({(int)status})");
        }

        if (store.Query(keys, found) == MmcStatus.Ok)
        {
            ObjectLine.Write(arguments, key, found[0]);
        }

        return 0;
    }

    private static byte[] Read(string source)
    {
        if (source != StandardInput)
        {
            return File.ReadAllBytes(source);
        }

        using Stream input = Console.OpenStandardInput();
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return bytes.ToArray();
    }
}
