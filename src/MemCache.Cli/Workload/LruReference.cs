namespace MemCache.Cli;

/// <summary>
/// What an exact LRU cache of a fixed number of blocks would have hit. A request can use its blocks only up to the
/// first one that is missing, so only those count; all of its blocks are touched, in order, and the least recently
/// touched go.
/// </summary>
internal sealed class LruReference(int capacityBlocks)
{
    private readonly Dictionary<ulong, LinkedListNode<ulong>> _nodes = [];
    private readonly LinkedList<ulong> _order = [];

    /// <summary>Blocks asked for so far.</summary>
    public long BlockReferences { get; private set; }

    /// <summary>Blocks found so far, within the leading run of hits of their request.</summary>
    public long BlockHits { get; private set; }

    /// <summary><see cref="BlockHits"/> / <see cref="BlockReferences"/>, 0 without any.</summary>
    public double HitRatio => BlockReferences == 0 ? 0 : (double)BlockHits / BlockReferences;

    /// <summary>Serves one request.</summary>
    public void Serve(ReadOnlySpan<ulong> hashIds)
    {
        bool usable = true;
        foreach (ulong id in hashIds)
        {
            usable &= Touch(id);
            BlockHits += usable ? 1 : 0;
        }

        BlockReferences += hashIds.Length;
    }

    private bool Touch(ulong id)
    {
        if (_nodes.TryGetValue(id, out LinkedListNode<ulong>? node))
        {
            _order.Remove(node);
            _order.AddFirst(node);
            return true;
        }

        if (capacityBlocks <= 0)
        {
            return false;
        }

        node = _nodes.Count < capacityBlocks ? new LinkedListNode<ulong>(id) : TakeOldest(id);
        _nodes.Add(id, node);
        _order.AddFirst(node);
        return false;
    }

    private LinkedListNode<ulong> TakeOldest(ulong id)
    {
        LinkedListNode<ulong> oldest = _order.Last!;
        _order.Remove(oldest);
        _nodes.Remove(oldest.Value);
        oldest.Value = id;
        return oldest;
    }
}
