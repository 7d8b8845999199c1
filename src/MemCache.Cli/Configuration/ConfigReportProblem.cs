namespace MemCache.Cli;

/// <summary>One thing that is wrong or odd.</summary>
/// <param name="Severity"><see cref="Error"/> or <see cref="Warning"/>.</param>
/// <param name="Source">The file or the environment variable; empty: the file as a whole, or none.</param>
/// <param name="Line">1-based; 0: none.</param>
/// <param name="Key">The key; empty: none.</param>
/// <param name="Value">Its value; <c>***</c> for a secret.</param>
/// <param name="Range">What is legal; empty: the values together are at fault.</param>
/// <param name="Message">All of it in one sentence.</param>
internal sealed record ConfigReportProblem(
    string Severity, string Source, int Line, string Key, string Value, string Range, string Message)
{
    /// <summary>A program would not start.</summary>
    public const string Error = "error";

    /// <summary>It would, but perhaps not as meant.</summary>
    public const string Warning = "warning";
}
