using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// What the clients of a soak work on: three families of keys, so many that they don't fit into the pool at once. All
/// processes know all of it from the id alone.
/// </summary>
internal static class SoakWorkload
{
    /// <summary>Objects of one buffer, of <see cref="SmallBytesMax"/> bytes at most.</summary>
    public const int SmallCount = 2000;

    /// <summary>Blocks of the size that a run names.</summary>
    public const int BlockCount = 4000;

    /// <summary>Blocks of <see cref="LargeFactor"/> times that size.</summary>
    public const int LargeCount = 160;

    /// <summary>How much larger the large blocks are.</summary>
    public const int LargeFactor = 16;

    /// <summary>Size of the largest small object: more than a page, so that its end lies in another one.</summary>
    public const int SmallBytesMax = 10_000;

    private const ulong SmallFirst = 1UL << 40;
    private const ulong LargeFirst = 1UL << 41;

    /// <summary>Ids of the blocks.</summary>
    public static IEnumerable<ulong> Blocks => Enumerable.Range(0, BlockCount).Select(BlockId);

    /// <summary>Ids of the large blocks.</summary>
    public static IEnumerable<ulong> LargeBlocks => Enumerable.Range(0, LargeCount).Select(LargeId);

    /// <summary>Ids of the small objects.</summary>
    public static IEnumerable<ulong> Smalls => Enumerable.Range(0, SmallCount).Select(SmallId);

    /// <summary>Id of a block.</summary>
    public static ulong BlockId(int index) => (ulong)(index % BlockCount);

    /// <summary>Id of a large block.</summary>
    public static ulong LargeId(int index) => LargeFirst + (ulong)(index % LargeCount);

    /// <summary>Id of a small object.</summary>
    public static ulong SmallId(int index) => SmallFirst + (ulong)(index % SmallCount);

    /// <summary>Size of a small object.</summary>
    public static int SmallBytes(ulong id) => 1 + (int)(SplitMix64.Mix(id) % SmallBytesMax);
}
