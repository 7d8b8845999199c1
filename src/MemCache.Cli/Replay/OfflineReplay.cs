namespace MemCache.Cli;

/// <summary>
/// A cache that knows the future: it keeps the blocks whose next uses are nearest, and does not take one whose next use
/// is the farthest. No policy that has to guess hits more of single blocks. Source: Belady, "A study of replacement
/// algorithms for a virtual-storage computer", IBM Systems Journal 1966.
/// </summary>
internal sealed class OfflineReplay : IReplayPolicy
{
    private const int Never = int.MaxValue;

    private readonly int[] _nextUses;
    private readonly int[] _nextUseOf;
    private readonly PriorityQueue<int, int> _farthest = new();
    private readonly int _capacityBlocks;
    private int _position;
    private int _count;

    /// <summary>An empty cache that will serve <paramref name="trace"/>.</summary>
    public OfflineReplay(ReplayTrace trace, int capacityBlocks)
    {
        _capacityBlocks = capacityBlocks;
        _nextUses = NextUses(trace);
        _nextUseOf = new int[trace.BlockCount];
        _nextUseOf.AsSpan().Fill(-1);
    }

    /// <inheritdoc/>
    public bool Has(int block) => _nextUseOf[block] >= 0;

    /// <inheritdoc/>
    public void Serve(ReadOnlySpan<int> blocks)
    {
        foreach (int block in blocks)
        {
            int nextUse = _nextUses[_position++];
            if (Has(block) || TryMakeRoom(nextUse))
            {
                _count += Has(block) ? 0 : 1;
                _nextUseOf[block] = nextUse;
                _farthest.Enqueue(block, -nextUse);
            }
        }
    }

    private bool TryMakeRoom(int nextUse)
    {
        if (_count < _capacityBlocks)
        {
            return true;
        }

        // What was used again since it was queued is queued again too.
        while (_farthest.TryPeek(out int block, out int priority) && _nextUseOf[block] != -priority)
        {
            _farthest.Dequeue();
        }

        if (!_farthest.TryPeek(out int farthest, out int use) || -use <= nextUse)
        {
            return false;
        }

        _farthest.Dequeue();
        _nextUseOf[farthest] = -1;
        _count--;
        return true;
    }

    private static int[] NextUses(ReplayTrace trace)
    {
        int[] uses = new int[trace.ReferenceCount];
        int[] next = new int[trace.BlockCount];
        next.AsSpan().Fill(Never);
        int position = uses.Length;
        for (int request = trace.Requests.Count - 1; request >= 0; request--)
        {
            int[] blocks = trace.Requests[request];
            for (int i = blocks.Length - 1; i >= 0; i--)
            {
                uses[--position] = next[blocks[i]];
                next[blocks[i]] = position;
            }
        }

        return uses;
    }
}
