using System.Numerics;

namespace MemCache.Interop;

/// <summary>CRC-32C (Castagnoli) over memory, piece by piece: the pieces of an object give the same value however it is cut.</summary>
public static unsafe class Crc32C
{
    /// <summary>State to start with.</summary>
    public const uint Begin = uint.MaxValue;

    /// <summary>Takes a range into the state.</summary>
    public static uint Append(uint state, nuint address, long sizeBytes)
    {
        // SAFETY: the caller keeps the range alive.
        byte* next = (byte*)address;
        byte* end = next + sizeBytes;
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
}
