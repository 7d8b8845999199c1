namespace MemCache.Cli;

/// <summary>A key, the value that counts, and who set it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; <c>***</c> for a secret.</param>
/// <param name="Source">default, file, environment or command line.</param>
/// <param name="Name">The file or the variable.</param>
/// <param name="Line">1-based; 0: none.</param>
/// <param name="Variable">Environment variable that would set it.</param>
/// <param name="Reloaded">Whether it changes while a program runs.</param>
/// <param name="Origin">The last of it for people.</param>
internal sealed record ConfigReportValue(
    string Key, string Value, string Source, string Name, int Line, string Variable, bool Reloaded, string Origin);
