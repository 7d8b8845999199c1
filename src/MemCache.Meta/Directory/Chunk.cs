using System.Runtime.InteropServices;

namespace MemCache.Meta;

/// <summary>
/// One piece of a <see cref="Slab"/>, cut into cells of one size. The bytes are pinned so that cells can be aligned to cache lines and
/// so that the collector never copies them; they are not cleared, so untouched pages cost nothing.
/// </summary>
internal sealed class Chunk
{
    /// <summary>Cells begin on a multiple of this, from a granule that is never 0, so that 0 can mean "no cell".</summary>
    public const int AlignmentBytes = 64;

    /// <summary>The memory.</summary>
    public readonly byte[] Bytes;

    /// <summary>Index in <see cref="Bytes"/> of granule 0: makes granule 0 lie on a cache line.</summary>
    public readonly int BaseIndex;

    /// <summary>Granules that cells may use, counted from granule 0.</summary>
    public readonly int GranuleCount;

    /// <summary>Size of the cells, in granules.</summary>
    public int CellGranules;

    /// <summary>Cells in use.</summary>
    public int LiveCount;

    /// <summary>First granule that was never handed out.</summary>
    public int NextGranule;

    /// <summary>First cell of the free list, as a granule; 0: none.</summary>
    public int FreeHead;

    /// <summary>Neighbours in the slab's list of chunks with room for the same cell size; -1: none.</summary>
    public int PreviousPartial;

    /// <inheritdoc cref="PreviousPartial"/>
    public int NextPartial;

    /// <summary>A chunk of <paramref name="sizeBytes"/> bytes.</summary>
    public Chunk(int sizeBytes)
    {
        Bytes = GC.AllocateUninitializedArray<byte>(sizeBytes, pinned: true);
        GCHandle handle = GCHandle.Alloc(Bytes, GCHandleType.Pinned);
        nint misaligned = handle.AddrOfPinnedObject() & (AlignmentBytes - 1);
        handle.Free();
        BaseIndex = (int)(-misaligned & (AlignmentBytes - 1));
        GranuleCount = (sizeBytes - AlignmentBytes) / Slab.GranuleBytes;
    }

    /// <summary>Whether no cell can be taken.</summary>
    public bool IsFull => FreeHead == 0 && NextGranule + CellGranules > GranuleCount;

    /// <summary>Prepares the chunk for cells of <paramref name="cellGranules"/>.</summary>
    public void Format(int cellGranules)
    {
        CellGranules = cellGranules;
        LiveCount = 0;
        NextGranule = AlignmentBytes / Slab.GranuleBytes;
        FreeHead = 0;
        PreviousPartial = -1;
        NextPartial = -1;
    }
}
