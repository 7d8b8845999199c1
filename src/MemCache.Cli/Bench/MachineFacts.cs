using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace MemCache.Cli;

/// <summary>What a figure depends on besides our code.</summary>
internal sealed record MachineFacts
{
    /// <summary>Version of the programs.</summary>
    [JsonPropertyName("version")]
    public string Version { get; init; } = ProgramVersion.Text;

    /// <summary>Model of the processor.</summary>
    [JsonPropertyName("processor")]
    public string Processor { get; init; } = ReadProcessor();

    /// <summary>Cores that this process may use.</summary>
    [JsonPropertyName("cores")]
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Memory of the machine or container.</summary>
    [JsonPropertyName("memory_bytes")]
    public long MemoryBytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Kernel.</summary>
    [JsonPropertyName("system")]
    public string System { get; init; } = RuntimeInformation.OSDescription;

    /// <summary>Runtime.</summary>
    [JsonPropertyName("runtime")]
    public string Runtime { get; init; } = RuntimeInformation.FrameworkDescription;

    /// <summary>Threads of one large copy, ours and the reference's.</summary>
    [JsonPropertyName("copy_threads")]
    public required int CopyThreads { get; init; }

    /// <summary>Blocks of one batch get or put.</summary>
    [JsonPropertyName("batch_blocks")]
    public required int BatchBlocks { get; init; }

    /// <summary>Size of a block.</summary>
    [JsonPropertyName("block_bytes")]
    public required long BlockBytes { get; init; }

    /// <summary>Interleaved rounds that the medians are taken over.</summary>
    [JsonPropertyName("rounds")]
    public required int Rounds { get; init; }

    private static string ReadProcessor()
    {
        const string Field = "model name";
        const string Path = "/proc/cpuinfo";
        string? line = File.Exists(Path)
            ? File.ReadLines(Path).FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
