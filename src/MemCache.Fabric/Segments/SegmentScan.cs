using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>
/// Finds what a segment holds, for an owner that joins again: first the ranges that somebody may still be storing into,
/// then the objects, the oldest put first. The floor has to be raised before. In steps, so that its thread can do other
/// things in between; for one thread.
/// </summary>
/// <param name="view">The owner's segment, held by the caller during each call.</param>
public sealed class SegmentScan(SegmentView view)
{
    private readonly ulong _floor = view.GenerationFloor;
    // ORDER: read behind the barrier of RaiseFloor; a slot beyond it is taken by nobody who may begin.
    private readonly uint _slotCount = view.SlotsInUse;
    private readonly List<Found> _objects = [];
    private readonly List<BlobLocation> _held = [];
    private uint _next;
    private int _nextObject;

    /// <summary>Whether all slots were looked at, and the objects put in order.</summary>
    public bool IsScanned { get; private set; }

    /// <summary>Objects found.</summary>
    public int ObjectCount => _objects.Count;

    /// <summary>Blobs that a writer may still be storing into; all of them once the scan is complete.</summary>
    public IReadOnlyList<BlobLocation> Held => _held;

    /// <summary>Looks at up to <paramref name="slotCountMax"/> more slots.</summary>
    /// <returns>Whether the scan is complete.</returns>
    public bool Step(int slotCountMax)
    {
        uint end = (uint)Math.Min(_slotCount, _next + (long)slotCountMax);
        for (; _next < end; _next++)
        {
            Look(_next);
        }

        if (_next >= _slotCount && !IsScanned)
        {
            _objects.Sort(static (a, b) => a.PutGeneration.CompareTo(b.PutGeneration));
            IsScanned = true;
        }

        return IsScanned;
    }

    /// <summary>The next object that is still what it was when its slot was looked at.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="content">What the slot says.</param>
    /// <returns><see langword="false"/>: there are no more.</returns>
    public bool TryNext(out uint slot, out DirectorySlot content)
    {
        while (IsScanned && _nextObject < _objects.Count)
        {
            slot = _objects[_nextObject++].Slot;
            if (view.TryReadObject(slot, out content) && content.Generation < _floor)
            {
                return true;
            }
        }

        slot = 0;
        content = default;
        return false;
    }

    private void Look(uint slot)
    {
        if (view.TryReadWriting(slot, out BlobLocation blob, out _))
        {
            _held.Add(blob);
        }
        else if (view.TryReadSlot(slot, out DirectorySlot content))
        {
            _objects.Add(new Found(content.PutGeneration, slot));
        }
    }

    private readonly record struct Found(ulong PutGeneration, uint Slot);
}
