namespace MemCache.Meta;

/// <content>Who leaves.</content>
internal sealed partial class ReusePolicy
{
    // Of the chain that the last eviction took the end of: the block that was drawn, and the one before the end.
    // Without them a long chain that goes block by block would be walked from its begin for each.
    private int _drainTop;
    private int _drainNext;

    // Of the residents that were drawn last the ones that pay least, ascending, 0 for those that are done with; and how
    // many evictions they are still good for.
    private readonly int[] _worst = new int[ReuseLimits.CandidateCount];
    private float _worstRateMax;
    private int _evictionsLeft;

    /// <summary>
    /// Evicts one object: of some residents drawn at random one of those whose place pays least, or rather what is at
    /// the end of its chain, since nothing behind a missing block can be used. Those that the guard holds are passed
    /// over, with their chains.
    /// </summary>
    /// <returns><see langword="false"/>: all that was drawn is held, or nothing is there.</returns>
    public bool TryEvict<TGuard>(ref TGuard guard, out ulong hash)
        where TGuard : struct, IEvictionGuard, allows ref struct
    {
        for (int round = 0; round <= ReuseLimits.SampleRoundMax && ResidentCount > 0; round++)
        {
            if (_evictionsLeft > 0 && TryEvictWorst(ref guard, out hash))
            {
                _evictionsLeft--;
                return true;
            }

            Draw();
        }

        hash = 0;
        return false;
    }

    private void Draw()
    {
        Span<int> numbers = stackalloc int[ReuseLimits.SampleCountMax];
        Span<float> rates = stackalloc float[ReuseLimits.SampleCountMax];
        numbers = numbers[.._options.SampleCount];
        rates = rates[.._options.SampleCount];
        foreach (ref int number in numbers)
        {
            number = _entries.SampleResident(_random);
        }

        // A loop of its own, so that the cache misses overlap.
        for (int i = 0; i < numbers.Length; i++)
        {
            rates[i] = RateOf(_entries[numbers[i]]);
        }

        KeepWorst(numbers, rates);
        _evictionsLeft = ReuseLimits.EvictionsPerSample;
    }

    private void KeepWorst(ReadOnlySpan<int> numbers, Span<float> rates)
    {
        Span<int> worst = _worst;
        worst.Clear();
        for (int count = 0; count < worst.Length;)
        {
            int least = IndexOfLeast(rates);
            if (rates[least] == float.MaxValue)
            {
                return;
            }

            if (!worst[..count].Contains(numbers[least]))
            {
                worst[count++] = numbers[least];
                _worstRateMax = rates[least];
            }

            rates[least] = float.MaxValue;
        }
    }

    private bool TryEvictWorst<TGuard>(ref TGuard guard, out ulong hash)
        where TGuard : struct, IEvictionGuard, allows ref struct
    {
        int inner = 0;
        foreach (ref int candidate in _worst.AsSpan())
        {
            int top = candidate;
            candidate = 0;
            // It may have left, or been asked for, since it was drawn.
            if (top == 0 || _entries[top].State != ReuseState.Resident || RateOf(_entries[top]) > _worstRateMax)
            {
                continue;
            }

            int end = EndOfChain(top);
            if (_entries[end].ChildCount != 0)
            {
                // Which blocks are behind it is not known; they will be drawn themselves.
                inner = inner == 0 ? end : inner;
            }
            else if (TryEvict(top, end, ref guard, out hash))
            {
                candidate = top == end ? 0 : top;
                return true;
            }
        }

        hash = 0;
        return inner != 0 && TryEvict(inner, inner, ref guard, out hash);
    }

    private bool TryEvict<TGuard>(int top, int end, ref TGuard guard, out ulong hash)
        where TGuard : struct, IEvictionGuard, allows ref struct
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
