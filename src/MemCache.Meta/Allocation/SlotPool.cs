namespace MemCache.Meta;

/// <summary>
/// Slot numbers of one segment's directory: the one freed last is given first (its page is populated and warm), else the lowest that was
/// never given, so that the slots in use stay below a high-water mark. Not thread-safe.
/// </summary>
internal sealed class SlotPool(uint slotCount)
{
    // Chunks, so that growing copies nothing; below the size from which arrays are "large".
    private const int ChunkShift = 14;
    private const int ChunkMask = (1 << ChunkShift) - 1;

    private uint[][] _chunks = new uint[4][];
    private int _freeCount;

    /// <summary>Slots ever given: a scan of the directory may end here.</summary>
    public uint HighWaterCount { get; private set; }

    /// <summary>Slots in use.</summary>
    public uint UsedCount => HighWaterCount - (uint)_freeCount;

    /// <summary>A free slot.</summary>
    /// <returns><see langword="false"/> when every slot is in use.</returns>
    public bool TryTake(out uint slot)
    {
        if (_freeCount > 0)
        {
            _freeCount--;
            slot = _chunks[_freeCount >> ChunkShift][_freeCount & ChunkMask];
            return true;
        }

        slot = HighWaterCount;
        if (slot >= slotCount)
        {
            return false;
        }

        HighWaterCount++;
        return true;
    }

    /// <summary>Gives a slot back.</summary>
    public void Return(uint slot)
    {
        int chunk = _freeCount >> ChunkShift;
        if (chunk == _chunks.Length)
        {
            Array.Resize(ref _chunks, 2 * _chunks.Length);
        }

        _chunks[chunk] ??= GC.AllocateUninitializedArray<uint>(1 << ChunkShift, pinned: true);
        _chunks[chunk][_freeCount++ & ChunkMask] = slot;
    }
}
