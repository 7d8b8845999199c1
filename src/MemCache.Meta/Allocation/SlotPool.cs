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

    // Slots above the high-water mark that are in use: those of restored blobs. Pieces of 2^16, made when needed.
    private ulong[]?[] _exact = [];
    private uint _exactCount;

    /// <summary>Slots ever given: a scan of the directory may end here.</summary>
    public uint HighWaterCount { get; private set; }

    /// <summary>Slots in use.</summary>
    public uint UsedCount => HighWaterCount - (uint)_freeCount + _exactCount;

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

        while (_exactCount > 0 && IsExact(HighWaterCount))
        {
            SetExact(HighWaterCount, isUsed: false);
            HighWaterCount++;
        }

        slot = HighWaterCount;
        if (slot >= slotCount)
        {
            return false;
        }

        HighWaterCount++;
        return true;
    }

    /// <summary>Takes exactly this slot, before any other was given.</summary>
    /// <returns><see langword="false"/>: it is in use, was given before, or does not exist.</returns>
    public bool TryTakeExact(uint slot)
    {
        if (slot < HighWaterCount || slot >= slotCount || IsExact(slot))
        {
            return false;
        }

        SetExact(slot, isUsed: true);
        return true;
    }

    /// <summary>Gives a slot back.</summary>
    public void Return(uint slot)
    {
        if (slot >= HighWaterCount)
        {
            SetExact(slot, isUsed: false);
            return;
        }

        int chunk = _freeCount >> ChunkShift;
        if (chunk == _chunks.Length)
        {
            Array.Resize(ref _chunks, 2 * _chunks.Length);
        }

        _chunks[chunk] ??= GC.AllocateUninitializedArray<uint>(1 << ChunkShift, pinned: true);
        _chunks[chunk][_freeCount++ & ChunkMask] = slot;
    }

    private bool IsExact(uint slot)
    {
        uint chunk = slot >> 16;
        return chunk < _exact.Length && _exact[chunk] is { } bits
            && (bits[(slot >> 6) & 1023] >> (int)(slot & 63) & 1) != 0;
    }

    private void SetExact(uint slot, bool isUsed)
    {
        uint chunk = slot >> 16;
        if (chunk >= _exact.Length)
        {
            Array.Resize(ref _exact, (int)chunk + 1);
        }

        ulong[] bits = _exact[chunk] ??= new ulong[1024];
        bits[(slot >> 6) & 1023] ^= 1UL << (int)(slot & 63);
        _exactCount += isUsed ? 1u : uint.MaxValue;
    }
}
