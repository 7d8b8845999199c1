namespace MemCache.Core;

/// <summary>What became of a configuration file that has changed.</summary>
/// <param name="Errors">Why nothing of it was taken; empty: it was.</param>
/// <param name="Applied">Each key that changed while running, with its old and new value.</param>
/// <param name="Waiting">Each key that changed in the file and takes effect at the next start.</param>
public sealed record ConfigChange(
    IReadOnlyList<string> Errors, IReadOnlyList<string> Applied, IReadOnlyList<string> Waiting);
