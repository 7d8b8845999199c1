using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>What a get is to read, and where to. A view, for the length of a call.</summary>
/// <param name="buffers">Shape [n].</param>
/// <param name="offsets">
/// Shape [n]: parts of objects that begin there and are as long as the buffers; empty: whole objects.
/// </param>
/// <param name="exactSize">Of whole objects: whether the buffers have to be exactly as long, or may be longer.</param>
/// <param name="indexes">Entry of the caller's that each entry stands for, shape [m]; empty: they are the same.</param>
internal readonly ref struct ReadTargets(
    BufferBatch buffers, ReadOnlySpan<long> offsets, bool exactSize, ReadOnlySpan<int> indexes = default)
{
    private readonly ReadOnlySpan<long> _offsets = offsets;
    private readonly ReadOnlySpan<int> _indexes = indexes;

    /// <summary>Whether parts are read and not whole objects.</summary>
    public bool AreParts => !_offsets.IsEmpty;

    /// <summary>The caller's entry that entry <paramref name="index"/> stands for.</summary>
    public int At(int index) => _indexes.IsEmpty ? index : _indexes[index];

    /// <summary>The same targets for some of the entries.</summary>
    public ReadTargets Some(ReadOnlySpan<int> indexes) => new(buffers, _offsets, exactSize, indexes);

    public ReadOnlySpan<MemoryBuffer> Layers(int index) => buffers.Layers(At(index));

    /// <summary>Finds out which bytes of an object are wanted.</summary>
    /// <returns>
    /// <see cref="MmcStatus.SizeMismatch"/> of whole objects, <see cref="MmcStatus.InvalidParameter"/> of parts.
    /// </returns>
    public MmcStatus Place(int index, long objectBytes, ref TransferEntry entry)
    {
        long roomBytes = buffers.SizesBytes[At(index)];
        if (!AreParts)
        {
            entry.SizeBytes = objectBytes;
            return (exactSize ? objectBytes != roomBytes : objectBytes > roomBytes) ? MmcStatus.SizeMismatch : MmcStatus.Ok;
        }

        entry.Offset = _offsets[At(index)];
        entry.SizeBytes = roomBytes;
        bool isInside = roomBytes > 0 && entry.Offset >= 0 && roomBytes <= objectBytes && entry.Offset <= objectBytes - roomBytes;
        return isInside ? MmcStatus.Ok : MmcStatus.InvalidParameter;
    }
}
