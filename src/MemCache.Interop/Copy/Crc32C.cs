using System.Numerics;

namespace MemCache.Interop;

/// <summary>
/// CRC-32C (Castagnoli) over memory, piece by piece: the pieces of an object give the same value however it is cut.
/// Three parts of a large piece are summed at a time, because the instruction takes three cycles and one can be started
/// in every cycle.
/// </summary>
public static unsafe class Crc32C
{
    /// <summary>State to start with.</summary>
    public const uint Begin = uint.MaxValue;

    // Long enough that joining the three parts does not count, short enough that the layers of small models have many.
    private const int LaneBytes = 2048;
    private const int LaneWords = LaneBytes / sizeof(ulong);
    private const int LaneCount = 3;

    // What a state becomes by LaneBytes zero bytes, for each value of each of its four bytes: the operation is linear.
    private static readonly uint[] ShiftTable = MakeShiftTable();

    /// <summary>Takes a range into the state.</summary>
    public static uint Append(uint state, nuint address, long sizeBytes)
    {
        // SAFETY: the caller keeps the range alive; every read ends before its end.
        byte* next = (byte*)address;
        byte* end = next + sizeBytes;
        for (; end - next >= LaneCount * LaneBytes; next += LaneCount * LaneBytes)
        {
            state = AppendLanes(state, (ulong*)next);
        }

        for (; end - next >= sizeof(ulong); next += sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, *(ulong*)next);
        }

        for (; next < end; next++)
        {
            state = BitOperations.Crc32C(state, *next);
        }

        return state;
    }

    /// <summary>Takes a span into the state.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        // SAFETY: pinned for the call.
        fixed (byte* address = bytes)
        {
            return Append(state, (nuint)address, bytes.Length);
        }
    }

    /// <summary>The checksum that a state stands for.</summary>
    public static uint Finish(uint state) => ~state;

    private static uint AppendLanes(uint state, ulong* words)
    {
        uint first = state;
        uint second = 0;
        uint third = 0;
        // SAFETY: three lanes, which the caller checked.
        for (ulong* end = words + LaneWords; words < end; words++)
        {
            first = BitOperations.Crc32C(first, words[0]);
            second = BitOperations.Crc32C(second, words[LaneWords]);
            third = BitOperations.Crc32C(third, words[2 * LaneWords]);
        }

        return Shift(Shift(first) ^ second) ^ third;
    }

    private static uint Shift(uint state)
    {
        uint[] table = ShiftTable;
        return table[(byte)state]
            ^ table[256 + (byte)(state >> 8)]
            ^ table[512 + (byte)(state >> 16)]
            ^ table[768 + (state >> 24)];
    }

    private static uint[] MakeShiftTable()
    {
        uint[] table = new uint[4 * 256];
        for (int bit = 0; bit < 32; bit++)
        {
            uint shifted = 1u << bit;
            for (int i = 0; i < LaneWords; i++)
            {
                shifted = BitOperations.Crc32C(shifted, 0UL);
            }

            // Every value of the byte that has this bit gets its share.
            int column = bit / 8 * 256;
            for (int value = 0; value < 256; value++)
            {
                table[column + value] ^= (value >> (bit % 8) & 1) != 0 ? shifted : 0;
            }
        }

        return table;
    }
}
