using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Orphans whose space lies in one segment, in the order in which they became orphans. What was shown to the owner goes behind the others,
/// so that a few that cannot be resolved do not hide the rest. Guarded by the segment's lock. Rare: it may allocate.
/// </summary>
internal sealed class OrphanTable
{
    private readonly LinkedList<Orphan> _order = new();
    private readonly Dictionary<uint, LinkedListNode<Orphan>> _bySlot = [];

    /// <summary>Number of orphans.</summary>
    public int Count => _bySlot.Count;

    /// <summary>Adds one.</summary>
    public void Add(uint slot, ulong generation, SessionId session, bool isRemote, ObjectRef record) =>
        _bySlot[slot] = _order.AddLast(new Orphan(slot, generation, session, isRemote, record));

    /// <summary>Copies as many as fit, the ones that were not shown for the longest time first.</summary>
    public int CopyTo(SegmentId segment, Span<OrphanEntry> orphans)
    {
        int count = Math.Min(_order.Count, orphans.Length);
        for (int i = 0; i < count; i++)
        {
            LinkedListNode<Orphan> node = _order.First!;
            _order.RemoveFirst();
            _order.AddLast(node);
            orphans[i] = new OrphanEntry
            {
                Segment = segment,
                Slot = node.Value.Slot,
                Generation = node.Value.Generation,
                Session = node.Value.Session,
                IsRemote = node.Value.IsRemote ? 1u : 0u,
            };
        }

        return count;
    }

    /// <summary>Takes out the orphan with that slot and generation.</summary>
    public bool TryTake(uint slot, ulong generation, out ObjectRef record)
    {
        if (!_bySlot.TryGetValue(slot, out LinkedListNode<Orphan>? node) || node.Value.Generation != generation)
        {
            record = default;
            return false;
        }

        record = node.Value.Record;
        _bySlot.Remove(slot);
        _order.Remove(node);
        return true;
    }

    /// <summary>Forgets all: the segment is gone.</summary>
    public void Clear()
    {
        _bySlot.Clear();
        _order.Clear();
    }

    private readonly record struct Orphan(uint Slot, ulong Generation, SessionId Session, bool IsRemote, ObjectRef Record);
}
