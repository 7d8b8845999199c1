using System.CommandLine;
using System.Text;
using MemCache.Core;
using MemCache.LocalService;
using Spectre.Console;

namespace MemCache.Cli;

/// <summary><c>mmc get</c>: reads an object, to look at it.</summary>
internal static class GetCommand
{
    private const int NotFoundExitCode = 3;
    private const int AttemptCount = 3;
    private const int RowBytes = 16;
    private const int ShownBytesMax = 256;
    private const string Help = """
        Reads an object, verified like every read. Without --output its first 256 bytes are shown in hexadecimal, or all
        are written if standard output is not a terminal. Exit code 3: there is no such object.
        """;

    private static readonly Argument<string> Key = new("key") { Description = "Key of the object" };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Write the bytes to this file",
        HelpName = "FILE",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() => StoreOptions.With(new Command("get", Help) { Key, Output }, Run);

    private static int Run(ObjectStore store, ParseResult arguments)
    {
        string key = arguments.GetValue(Key)!;
        MmcStatus status = Read(store, key, out ObjectDescription found, out byte[] value);
        if (status != MmcStatus.Ok)
        {
            Screen.Error.WriteLine($"mmc: {key}: {status} ({(int)status})");
            return status == MmcStatus.ObjectNotFound ? NotFoundExitCode : 1;
        }

        if (arguments.GetValue(Output) is { } path)
        {
            File.WriteAllBytes(path, value);
        }
        else if (!arguments.GetValue(AdminOptions.Json) && Console.IsOutputRedirected)
        {
            using Stream output = Console.OpenStandardOutput();
            output.Write(value);
            return 0;
        }
        else if (!arguments.GetValue(AdminOptions.Json))
        {
            Show(value);
        }

        ObjectLine.Write(arguments, key, found);
        return 0;
    }

    // Between the two calls the object may be removed and put again with another size.
    private static MmcStatus Read(ObjectStore store, string key, out ObjectDescription found, out byte[] value)
    {
        MmcStatus status = MmcStatus.SizeMismatch;
        var descriptions = new ObjectDescription[1];
        value = [];
        for (int i = 0; i < AttemptCount && status == MmcStatus.SizeMismatch; i++)
        {
            status = store.Query(new KeyBatch(key), descriptions);
            if (status == MmcStatus.Ok)
            {
                value = new byte[descriptions[0].SizeBytes];
                status = store.Get(key, value, out _);
            }
        }

        found = descriptions[0];
        return status;
    }

    private static void Show(ReadOnlySpan<byte> value)
    {
        int shown = Math.Min(value.Length, ShownBytesMax);
        for (int at = 0; at < shown; at += RowBytes)
        {
            ReadOnlySpan<byte> row = value[at..Math.Min(at + RowBytes, shown)];
            var text = new StringBuilder();
            foreach (byte b in row)
            {
                text.Append(b is >= (byte)' ' and <= (byte)'~' ? (char)b : '.');
            }

            Console.Out.WriteLine($"{at:x8}  {Convert.ToHexStringLower(row),-2 * RowBytes}  {text}");
        }

        if (shown < value.Length)
        {
            Console.Out.WriteLine($"… {value.Length - shown} more bytes (--output FILE)");
        }
    }
}
