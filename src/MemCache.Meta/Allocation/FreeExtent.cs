using System.Runtime.InteropServices;

namespace MemCache.Meta;

/// <summary>A run of free pages, in the list of its size class. 16 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct FreeExtent : ICell
{
    /// <summary>Cell size.</summary>
    public const int Granules = 2;

    /// <summary>First page.</summary>
    [FieldOffset(0)] public uint Page;

    /// <summary>Pages, 1 or more.</summary>
    [FieldOffset(4)] public uint PageCount;

    /// <summary>Neighbour in the list of the class; 0: none.</summary>
    [FieldOffset(8)] public uint Previous;

    /// <inheritdoc cref="Previous"/>
    [FieldOffset(12)] public uint Next;

    /// <inheritdoc/>
    static int ICell.SizeBytes => 16;
}
