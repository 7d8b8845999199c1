using System.Globalization;
using MemCache.Core;

namespace MemCache.FuzzTests;

/// <summary>
/// The seed of a run: fixed, so that every run is the same, unless <c>MMC_FUZZ_SEED</c> says otherwise; <c>MMC_FUZZ_ROUNDS</c> multiplies the
/// work. Failures print the seed.
/// </summary>
internal static class FuzzSeed
{
    public static ulong Value { get; } = Read("MMC_FUZZ_SEED", 20_261_122);

    public static int Effort { get; } = (int)Read("MMC_FUZZ_ROUNDS", 1);

    public static SplitMix64 Random(int lane) => new(SplitMix64.Mix(Value + (ulong)lane));

    public static string Hint => $"repeat with MMC_FUZZ_SEED={Value}";

    private static ulong Read(string name, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out ulong value) ? value : otherwise;
}
