namespace MemCache.Cli;

/// <summary>
/// Some of the blocks 0 .. n-1 in an order; every step takes constant time. Several lists can share the links, for a
/// block is in one of them.
/// </summary>
internal sealed class BlockList
{
    private readonly int[] _previous;
    private readonly int[] _next;
    private readonly BlockList?[] _owners;
    private int _head = -1;
    private int _tail = -1;

    /// <summary>An empty list over <paramref name="blockCount"/> blocks.</summary>
    public BlockList(int blockCount)
    {
        _previous = new int[blockCount];
        _next = new int[blockCount];
        _owners = new BlockList?[blockCount];
    }

    /// <summary>An empty list over the same blocks: each is in one of the lists at most.</summary>
    public BlockList(BlockList other)
    {
        _previous = other._previous;
        _next = other._next;
        _owners = other._owners;
    }

    /// <summary>Blocks in the list.</summary>
    public int Count { get; private set; }

    /// <summary>The block that was added first, -1: none.</summary>
    public int Oldest => _tail;

    /// <summary>Whether a block is in this list.</summary>
    public bool Has(int block) => _owners[block] == this;

    /// <summary>Adds a block that is in none of the lists.</summary>
    public void Add(int block)
    {
        _owners[block] = this;
        _previous[block] = -1;
        _next[block] = _head;
        if (_head >= 0)
        {
            _previous[_head] = block;
        }
        else
        {
            _tail = block;
        }

        _head = block;
        Count++;
    }

    /// <summary>Takes a block out.</summary>
    public void Remove(int block)
    {
        int previous = _previous[block];
        int next = _next[block];
        if (previous >= 0)
        {
            _next[previous] = next;
        }
        else
        {
            _head = next;
        }

        if (next >= 0)
        {
            _previous[next] = previous;
        }
        else
        {
            _tail = previous;
        }

        _owners[block] = null;
        Count--;
    }

    /// <summary>Takes the block out that was added first; there has to be one.</summary>
    public int RemoveOldest()
    {
        int block = _tail;
        Remove(block);
        return block;
    }
}
