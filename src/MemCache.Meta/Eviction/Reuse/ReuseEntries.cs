using System.Numerics;
using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// The entries, in large arrays that are never copied, with a bit beside each that says whether it is resident:
/// residents are found at random by their bits, which costs an eighth of a byte an entry where a list of them would
/// cost 8.
/// </summary>
internal sealed class ReuseEntries
{
    private const int ChunkEntries = 1 << ReuseLimits.EntryChunkShift;
    private const int ChunkMask = ChunkEntries - 1;
    private const int WordBits = 64;
    private const int WordShift = 6;
    private const int ChunkWords = ChunkEntries / WordBits;

    private ReuseEntry[][] _chunks = [];
    private ulong[][] _residents = [];
    private int _freeHead;

    // Entry 0 stands for none and is never handed out.
    private int _next = 1;

    /// <summary>Entries that were ever in use, the one that stands for none included.</summary>
    public int HighCount => _next;

    /// <summary>Bytes taken.</summary>
    public long Bytes => (long)_chunks.Length * (ChunkEntries * 24L + ChunkEntries / 8);

    /// <summary>The entry <paramref name="number"/>.</summary>
    public ref ReuseEntry this[int number] => ref _chunks[number >> ReuseLimits.EntryChunkShift][number & ChunkMask];

    /// <summary>A cleared entry, 0: there are <see cref="ReuseLimits.EntryCountMax"/> of them.</summary>
    public int Take()
    {
        int number = _freeHead;
        if (number != 0)
        {
            ref ReuseEntry free = ref this[number];
            _freeHead = free.Child;
            free = default;
            return number;
        }

        if (_next > ReuseLimits.EntryCountMax)
        {
            return 0;
        }

        if (_next >> ReuseLimits.EntryChunkShift >= _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunks.Length + 1);
            Array.Resize(ref _residents, _residents.Length + 1);
            _chunks[^1] = new ReuseEntry[ChunkEntries];
            _residents[^1] = new ulong[ChunkWords];
        }

        return _next++;
    }

    /// <summary>Gives an entry back.</summary>
    public void Return(int number)
    {
        this[number] = new ReuseEntry { Child = _freeHead };
        _freeHead = number;
    }

    /// <summary>Notes that an entry is resident, or is no more.</summary>
    public void MarkResident(int number, bool isResident)
    {
        ref ulong word = ref _residents[number >> ReuseLimits.EntryChunkShift][(number & ChunkMask) >> WordShift];
        ulong bit = 1UL << (number & (WordBits - 1));
        word = isResident ? word | bit : word & ~bit;
    }

    /// <summary>
    /// A resident entry about at random, 0: there is none. Each place is as likely; residents that lie alone are found
    /// more often.
    /// </summary>
    public int SampleResident(IRandom random)
    {
        int wordCount = (_next + WordBits - 1) >> WordShift;
        int index = 0;
        ulong drawn = 0;
        for (int probe = 0; probe < ReuseLimits.ProbeCountMax; probe++)
        {
            drawn = random.Next();
            index = (int)Math.BigMul(drawn, (ulong)wordCount, out _);
            ulong word = WordAt(index);
            if (word != 0)
            {
                return Choose(index, word, drawn);
            }
        }

        for (int step = 0; step < wordCount; step++)
        {
            index = index + 1 < wordCount ? index + 1 : 0;
            ulong word = WordAt(index);
            if (word != 0)
            {
                return Choose(index, word, drawn);
            }
        }

        return 0;
    }

    private static int Choose(int index, ulong word, ulong drawn)
    {
        int turn = (int)(drawn & (WordBits - 1));
        int bit = turn + BitOperations.TrailingZeroCount(BitOperations.RotateRight(word, turn)) & (WordBits - 1);
        return (index << WordShift) + bit;
    }

    private ulong WordAt(int index) => _residents[index / ChunkWords][index % ChunkWords];
}
