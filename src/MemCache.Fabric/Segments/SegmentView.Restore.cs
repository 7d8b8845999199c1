using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Fabric;

/// <content>
/// What an owner needs that joins again with its content: the floor, what each slot holds, and retiring.
/// </content>
public sealed partial class SegmentView
{
    /// <summary>
    /// The liveness file of this process, which the slots that it takes are to name: so an owner can tell whether the
    /// writer of an unfinished blob lives. 0 until it is set; set it before the first write.
    /// </summary>
    public SegmentUuid Writer { get; set; }

    /// <summary>Reservations with a lower generation may not begin.</summary>
    public ulong GenerationFloor => Volatile.Read(ref _region.Word(SegmentHeader.GenerationFloorOffset));

    /// <summary>Blobs with a generation up to this one are no objects any more.</summary>
    public ulong RetiredBelow => Volatile.Read(ref _region.Word(SegmentHeader.RetiredBelowOffset));

    /// <summary>
    /// Forbids the reservations below <paramref name="generation"/> that have not begun. What a scan after this call
    /// does not find in writing stores nothing any more. Only the owner; never lowers.
    /// </summary>
    public void RaiseFloor(ulong generation)
    {
        Raise(SegmentHeader.GenerationFloorOffset, generation);
        // ORDER: full barrier: the floor before the scan's first read. The counterpart is in BeginWrite.
        Interlocked.MemoryBarrier();
    }

    /// <summary>All blobs with a generation up to this one were removed. Only the owner; never lowers.</summary>
    public void RetireBelow(ulong generation) => Raise(SegmentHeader.RetiredBelowOffset, generation);

    /// <summary>The blob is no object any more: it was removed. Only the owner.</summary>
    /// <returns>Whether the slot held it.</returns>
    public bool Retire(uint slot, ulong generation)
    {
        if (slot >= SlotsInUse || generation is 0 or > Limits.GenerationMax || !TryPopulateSlot(slot))
        {
            return false;
        }

        ulong ready = new SlotWord(generation, SlotState.Ready).Value;
        ulong free = new SlotWord(generation, SlotState.Free).Value;
        return Interlocked.CompareExchange(ref WordOf(slot), free, ready) == ready;
    }

    /// <summary>Reads where the writer of a slot that is being written stores.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="blob">
    /// Its generation, and its range as its writer says. Size 0: nothing legal is said. One who has passed the floor
    /// has filled the fields, so this one will find the floor and store nothing; until then only the slot is his.
    /// </param>
    /// <param name="writer">
    /// Liveness file of its writer; 0: the owner's data server writes, or nothing legal is said.
    /// </param>
    /// <returns>Whether somebody is writing.</returns>
    public bool TryReadWriting(uint slot, out BlobLocation blob, out SegmentUuid writer)
    {
        blob = default;
        writer = default;
        if (slot >= SlotsInUse || !TryPopulateSlot(slot))
        {
            return false;
        }

        ref DirectorySlot content = ref MemoryMarshal.AsRef<DirectorySlot>(SlotBytes(slot));
        SlotWord word = new(Volatile.Read(ref content.Word));
        // ORDER: acquire: the fields that were written before their generation are read behind it.
        bool isFilled = Volatile.Read(ref content.Generation) == word.Generation;
        blob = new BlobLocation(default, slot, word.Generation, content.Offset, content.SizeBytes);
        writer = isFilled ? new SegmentUuid(content.Writer) : default;
        Interlocked.MemoryBarrier();
        if (word.State != SlotState.Writing || Volatile.Read(ref content.Word) != word.Value)
        {
            return false;
        }

        if (!isFilled || !IsInBounds(blob))
        {
            blob = new BlobLocation(default, slot, word.Generation, 0, 0);
        }

        return true;
    }

    /// <summary>Reads a slot that holds an object: written whole, current by its stamps, not retired.</summary>
    public bool TryReadObject(uint slot, out DirectorySlot content) =>
        TryReadSlot(slot, out content)
        && content.Generation > RetiredBelow
        && content.PutGeneration is > 0 and <= Limits.GenerationMax
        && IsCurrent(new BlobLocation(default, slot, content.Generation, content.Offset, content.SizeBytes));

    private void Raise(int offset, ulong value)
    {
        ref ulong word = ref _region.Word(offset);
        if (Volatile.Read(ref word) < value)
        {
            Volatile.Write(ref word, value);
        }
    }
}
