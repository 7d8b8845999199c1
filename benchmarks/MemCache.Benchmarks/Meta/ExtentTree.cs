namespace MemCache.Benchmarks;

/// <summary>
/// Treap of free runs with the longest run below each node. Ordered by address, or by length and then address. Nodes in one array.
/// </summary>
internal sealed class ExtentTree(bool isBySize)
{
    private Node[] _nodes = new Node[1024];
    private int _nodeCount = 1;
    private int _free;
    private int _root;
    private uint _priority = 1;

    public int Count { get; private set; }

    public uint LongestPageCount => _nodes[_root].LongestBelow;

    public void Add(uint page, uint pageCount)
    {
        int node = NewNode(page, pageCount);
        Split(_root, page, pageCount, out int left, out int right);
        _root = Merge(Merge(left, node), right);
        Count++;
    }

    public void Remove(uint page, uint pageCount)
    {
        _root = Remove(_root, page, pageCount);
        Count--;
    }

    /// <summary>By address: the lowest run that is long enough.</summary>
    public bool TryFirstFit(uint pageCount, out uint page, out uint found)
    {
        int node = _root;
        while (_nodes[node].LongestBelow >= pageCount)
        {
            ref Node current = ref _nodes[node];
            if (_nodes[current.Left].LongestBelow >= pageCount)
            {
                node = current.Left;
            }
            else if (current.PageCount >= pageCount)
            {
                (page, found) = (current.Page, current.PageCount);
                return true;
            }
            else
            {
                node = current.Right;
            }
        }

        (page, found) = (0, 0);
        return false;
    }

    /// <summary>By size: the shortest run that is long enough, the lowest of these.</summary>
    public bool TryBestFit(uint pageCount, out uint page, out uint found)
    {
        (page, found) = (0, 0);
        for (int node = _root; node != 0;)
        {
            ref Node current = ref _nodes[node];
            if (current.PageCount >= pageCount)
            {
                (page, found) = (current.Page, current.PageCount);
                node = current.Left;
            }
            else
            {
                node = current.Right;
            }
        }

        return found != 0;
    }

    /// <summary>By address: the neighbours of a run that is about to be added.</summary>
    public void Neighbours(uint page, out (uint Page, uint Count) before, out (uint Page, uint Count) after)
    {
        before = default;
        after = default;
        for (int node = _root; node != 0;)
        {
            ref Node current = ref _nodes[node];
            if (current.Page < page)
            {
                before = (current.Page, current.PageCount);
                node = current.Right;
            }
            else
            {
                after = (current.Page, current.PageCount);
                node = current.Left;
            }
        }
    }

    public void Visit(Action<uint, uint> visit) => Visit(_root, visit);

    private void Visit(int node, Action<uint, uint> visit)
    {
        if (node != 0)
        {
            Visit(_nodes[node].Left, visit);
            visit(_nodes[node].Page, _nodes[node].PageCount);
            Visit(_nodes[node].Right, visit);
        }
    }

    private bool IsBefore(in Node node, uint page, uint pageCount) =>
        isBySize && node.PageCount != pageCount ? node.PageCount < pageCount : node.Page < page;

    private int NewNode(uint page, uint pageCount)
    {
        int node = _free;
        if (node != 0)
        {
            _free = _nodes[node].Left;
        }
        else
        {
            node = _nodeCount++;
            if (node == _nodes.Length)
            {
                Array.Resize(ref _nodes, 2 * _nodes.Length);
            }
        }

        _priority ^= _priority << 13;
        _priority ^= _priority >> 17;
        _priority ^= _priority << 5;
        _nodes[node] = new Node { Page = page, PageCount = pageCount, LongestBelow = pageCount, Priority = _priority };
        return node;
    }

    private void Update(int node)
    {
        ref Node current = ref _nodes[node];
        current.LongestBelow = Math.Max(
            current.PageCount, Math.Max(_nodes[current.Left].LongestBelow, _nodes[current.Right].LongestBelow));
    }

    private void Split(int node, uint page, uint pageCount, out int left, out int right)
    {
        if (node == 0)
        {
            left = right = 0;
        }
        else if (IsBefore(_nodes[node], page, pageCount))
        {
            Split(_nodes[node].Right, page, pageCount, out int middle, out right);
            _nodes[node].Right = middle;
            Update(left = node);
        }
        else
        {
            Split(_nodes[node].Left, page, pageCount, out left, out int middle);
            _nodes[node].Left = middle;
            Update(right = node);
        }
    }

    private int Merge(int left, int right)
    {
        if (left == 0 || right == 0)
        {
            return left | right;
        }

        if (_nodes[left].Priority > _nodes[right].Priority)
        {
            _nodes[left].Right = Merge(_nodes[left].Right, right);
            Update(left);
            return left;
        }

        _nodes[right].Left = Merge(left, _nodes[right].Left);
        Update(right);
        return right;
    }

    private int Remove(int node, uint page, uint pageCount)
    {
        if (_nodes[node].Page == page)
        {
            int merged = Merge(_nodes[node].Left, _nodes[node].Right);
            _nodes[node].Left = _free;
            _free = node;
            return merged;
        }

        if (IsBefore(_nodes[node], page, pageCount))
        {
            _nodes[node].Right = Remove(_nodes[node].Right, page, pageCount);
        }
        else
        {
            _nodes[node].Left = Remove(_nodes[node].Left, page, pageCount);
        }

        Update(node);
        return node;
    }

    private struct Node
    {
        public uint Page;
        public uint PageCount;
        public uint LongestBelow;
        public uint Priority;
        public int Left;
        public int Right;
    }
}
