using MemCache.Core;

namespace MemCache.Cli;

/// <summary>
/// The buffers that one KV block consists of: those of DeepSeek-R1, 61 of 128 KiB and 61 of 16 KiB, in the engine's
/// order (the large and the small one of each layer), scaled to a wanted size.
/// </summary>
internal sealed class BlockShape
{
    /// <summary>The unscaled block: 8,784 KiB.</summary>
    public const long FullSizeBytes = ModelLayerCount * (LargeBytes + SmallBytes);

    /// <summary>The smallest block: below it some of the 122 buffers would be empty.</summary>
    public const long SizeBytesMin = 4096;

    private const int ModelLayerCount = 61;
    private const long LargeBytes = 128 << 10;
    private const long SmallBytes = 16 << 10;

    private BlockShape(int[] layerSizes)
    {
        LayerSizes = layerSizes;
        SizeBytes = layerSizes.Sum(size => (long)size);
    }

    /// <summary>Size of every buffer in bytes, shape [122].</summary>
    public IReadOnlyList<int> LayerSizes { get; }

    /// <summary>Size of the block in bytes: the sum of its buffers.</summary>
    public long SizeBytes { get; }

    /// <summary>Bytes that one block takes of a segment: whole pages.</summary>
    public long StoredBytes => (SizeBytes + Limits.BlobAlignmentBytes - 1) & -Limits.BlobAlignmentBytes;

    /// <summary>The block scaled so that its buffers sum to <paramref name="sizeBytes"/>.</summary>
    /// <param name="sizeBytes"><see cref="SizeBytesMin"/> .. 2^30.</param>
    public static BlockShape OfSize(long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeBytes, SizeBytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeBytes, 1 << 30);

        // Buffers begin on a cache line where they are long enough for that not to matter to their proportions.
        long unit = sizeBytes >= 16 * FullSizeBytes / SmallBytes * 64 ? 64 : 1;
        var sizes = new int[2 * ModelLayerCount];
        long modelEnd = 0;
        long begin = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            modelEnd += i % 2 == 0 ? LargeBytes : SmallBytes;
            long end = i == sizes.Length - 1 ? sizeBytes : modelEnd * sizeBytes / FullSizeBytes / unit * unit;
            sizes[i] = (int)(end - begin);
            begin = end;
        }

        return new BlockShape(sizes);
    }

    /// <summary>Blocks that fit into <paramref name="segmentBytes"/> of each of <paramref name="rankCount"/> ranks, up
    /// to a fill of <paramref name="fillPercent"/>.</summary>
    public long CapacityBlocks(long segmentBytes, int rankCount, int fillPercent) =>
        rankCount * (segmentBytes * fillPercent / 100 / StoredBytes);
}
