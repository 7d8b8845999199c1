namespace MemCache.Meta;

/// <content>Who leaves.</content>
internal sealed partial class ReusePolicy
{
    // Of the chain that the last eviction took the end of: the block that was drawn, and the one before the end. Without them a long
    // chain that goes block by block would be walked from its begin for each.
    private int _drainTop;
    private int _drainNext;

    /// <summary>
    /// Evicts one object: of some residents drawn at random the one whose place pays least, or rather what is at the end of its chain,
    /// since nothing behind a missing block can be used. Those that the guard holds are passed over, with their chains.
    /// </summary>
    /// <returns><see langword="false"/>: all that was drawn is held, or nothing is there.</returns>
    public bool TryEvict<TGuard>(ref TGuard guard, out ulong hash) where TGuard : struct, IEvictionGuard
    {
        Span<int> numbers = stackalloc int[ReuseLimits.SampleCountMax];
        Span<float> rates = stackalloc float[ReuseLimits.SampleCountMax];
        for (int round = 0; round < ReuseLimits.SampleRoundMax && ResidentCount > 0; round++)
        {
            Sample(numbers[.._options.SampleCount], rates);
            if (TryEvictWorst(numbers, rates[.._options.SampleCount], ref guard, out hash))
            {
                return true;
            }
        }

        hash = 0;
        return false;
    }

    private void Sample(Span<int> numbers, Span<float> rates)
    {
        int i = 0;
        if (_drainTop != 0)
        {
            numbers[i++] = _drainTop;
        }

        for (; i < numbers.Length; i++)
        {
            numbers[i] = _entries.SampleResident(_random);
        }

        // A loop of its own, so that the cache misses overlap.
        for (i = 0; i < numbers.Length; i++)
        {
            rates[i] = RateOf(_entries[numbers[i]]);
        }
    }

    private bool TryEvictWorst<TGuard>(ReadOnlySpan<int> numbers, Span<float> rates, ref TGuard guard, out ulong hash)
        where TGuard : struct, IEvictionGuard
    {
        int inner = 0;
        for (int i = IndexOfLeast(rates); rates[i] != float.MaxValue; i = IndexOfLeast(rates))
        {
            rates[i] = float.MaxValue;
            int top = numbers[i];
            int end = EndOfChain(top);
            if (_entries[end].ChildCount != 0)
            {
                // Which blocks are behind it is not known; they will be drawn themselves.
                inner = inner == 0 ? end : inner;
            }
            else if (TryEvict(top, end, ref guard, out hash))
            {
                return true;
            }
        }

        hash = 0;
        return inner != 0 && TryEvict(inner, inner, ref guard, out hash);
    }

    private bool TryEvict<TGuard>(int top, int end, ref TGuard guard, out ulong hash) where TGuard : struct, IEvictionGuard
    {
        hash = _entries[end].Hash;
        if (!guard.CanLeave(hash))
        {
            return false;
        }

        int before = _entries[end].Parent;
        Leave(end);
        bool goesOn = top != end && before != 0 && _entries[before].State == ReuseState.Resident;
        _drainTop = goesOn ? top : 0;
        _drainNext = goesOn ? before : 0;
        Trim();
        return true;
    }

    private int EndOfChain(int top)
    {
        int end = top == _drainTop ? _drainNext : top;
        for (int step = 0; step < ReuseLimits.WalkCountMax && _entries[end].ChildCount != 0; step++)
        {
            int child = _entries[end].Child;
            if (child == 0 || _entries[child].Parent != end || _entries[child].State != ReuseState.Resident)
            {
                break;
            }

            end = child;
        }

        return end;
    }

    private void ForgetDrain(int left)
    {
        if (left == _drainTop || left == _drainNext)
        {
            _drainTop = 0;
            _drainNext = 0;
        }
    }

    private static int IndexOfLeast(ReadOnlySpan<float> rates)
    {
        int least = 0;
        for (int i = 1; i < rates.Length; i++)
        {
            least = rates[i] < rates[least] ? i : least;
        }

        return least;
    }
}
