using System.Runtime.InteropServices;

namespace MemCache.Core;

/// <summary>
/// What the owner of a segment found in one of its slots when it joined again: a replica, or a range that somebody may
/// still be storing into. The key of a replica travels beside it. 48 bytes, little-endian.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
public struct RestoreEntry
{
    /// <summary>Generation of the blob.</summary>
    [FieldOffset(0)] public ulong Generation;

    /// <summary>Generation of the object's first replica when it was put; 0 if held.</summary>
    [FieldOffset(8)] public ulong PutGeneration;

    /// <summary>First byte, from the start of the segment's data.</summary>
    [FieldOffset(16)] public long Offset;

    /// <summary>Size of the object. 0 is legal if held: only the slot is not to be used.</summary>
    [FieldOffset(24)] public long SizeBytes;

    /// <summary>The slot.</summary>
    [FieldOffset(32)] public uint Slot;

    /// <summary>Replicas the object was put with; 0 if held.</summary>
    [FieldOffset(36)] public byte ReplicaCount;

    /// <summary>Which of them this is, 0-based.</summary>
    [FieldOffset(37)] public byte ReplicaIndex;

    /// <summary>1: held for a writer that has not finished; 0: a replica.</summary>
    [FieldOffset(38)] public byte Held;

    /// <summary>The object's <see cref="ObjectPin"/> when it was put.</summary>
    [FieldOffset(39)] public byte Pin;

    /// <summary>Milliseconds that the object has left; 0: it has no end.</summary>
    [FieldOffset(40)] public int TtlMs;

    [FieldOffset(44)] private readonly uint _zero;

    /// <summary>Whether it is held for a writer.</summary>
    public readonly bool IsHeld => Held != 0;
}
