using System.Buffers;
using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>
/// Names of the files that this software puts into a shared-memory directory, and the check that a name is one of them.
/// </summary>
internal static class SharedFileName
{
    public const string SegmentSuffix = ".segment";
    public const string LivenessSuffix = ".live";
    public const string SearchPattern = Prefix + "*";

    private const string Prefix = "mmc-";
    private const int UuidDigits = 2 * SegmentUuid.SizeBytes;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static string Of(SegmentUuid uuid, string suffix) => $"{Prefix}{uuid}{suffix}";

    /// <summary>
    /// Whether a name is ours to open: no separator, no other length, nothing that could lead out of the directory.
    /// </summary>
    public static bool IsSegment(string name) => Has(name, SegmentSuffix);

    /// <inheritdoc cref="IsSegment"/>
    public static bool IsLiveness(string name) => Has(name, LivenessSuffix);

    private static bool Has(string name, string suffix) =>
        name.Length == Prefix.Length + UuidDigits + suffix.Length
        && name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.EndsWith(suffix, StringComparison.Ordinal)
        && !name.AsSpan(Prefix.Length, UuidDigits).ContainsAnyExcept(HexDigits);
}
