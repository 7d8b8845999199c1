using System.Numerics;

namespace MemCache.Meta;

/// <summary>
/// What a block's chance of being asked for again is learned by: 32 classes of how its last request looked. A class is
/// references {1, 2-3, 4-7, 8+} x {last block of the chain, other} x new blocks {0-1, 2-7, 8-63, 64+}.
/// </summary>
internal static class BlockClass
{
    /// <summary>Classes.</summary>
    public const int Count = 32;

    /// <summary>Classes that differ in the new blocks only lie beside each other, in groups of this size.</summary>
    public const int NewBlockCount = 4;

    private const int ReferenceShift = 3;
    private const int ReferenceStepMax = 3;
    private const int NotLast = 4;

    /// <summary>The class of a block.</summary>
    /// <param name="references">Times it was asked for, this one included: 1 or more.</param>
    /// <param name="isLast">Whether it ends its chain.</param>
    /// <param name="newBlockCount">Blocks of the chain behind the leading known ones.</param>
    public static int Of(int references, bool isLast, int newBlockCount)
    {
        int step = Math.Min(BitOperations.Log2((uint)references), ReferenceStepMax);
        int news = newBlockCount <= 1 ? 0 : newBlockCount < 8 ? 1 : newBlockCount < 64 ? 2 : 3;
        return step << ReferenceShift | (isLast ? 0 : NotLast) | news;
    }
}
