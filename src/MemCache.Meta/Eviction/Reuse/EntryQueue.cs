using System.Numerics;

namespace MemCache.Meta;

/// <summary>
/// Numbers of entries, first in, first out. A ring that grows; what leaves from its middle stays in it and is skipped
/// by who takes it.
/// </summary>
internal sealed class EntryQueue
{
    private int[] _ring = new int[1024];
    private int _head;

    /// <summary>Numbers in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes taken.</summary>
    public long Bytes => (long)_ring.Length * sizeof(int);

    /// <summary>Adds a number.</summary>
    public void Push(int number)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        _ring[_head + Count & (_ring.Length - 1)] = number;
        Count++;
    }

    /// <summary>Takes the oldest number; there has to be one.</summary>
    public int Pop()
    {
        int number = _ring[_head];
        _head = _head + 1 & (_ring.Length - 1);
        Count--;
        return number;
    }

    private void Grow()
    {
        int[] ring = new int[BitOperations.RoundUpToPowerOf2((uint)Count + 1)];
        for (int i = 0; i < Count; i++)
        {
            ring[i] = _ring[_head + i & (_ring.Length - 1)];
        }

        _ring = ring;
        _head = 0;
    }
}
