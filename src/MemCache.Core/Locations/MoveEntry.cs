using System.Runtime.InteropServices;

namespace MemCache.Core;

/// <summary>
/// One replica that a LocalService is asked to make in its own segment, from the object's other replicas. 64 bytes,
/// little-endian, as it travels; its key and its sources lie beside it in the same answer.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct MoveEntry
{
    /// <summary>The object, for messages.</summary>
    [FieldOffset(0)] public ObjectRef Object;

    /// <summary>The object's put: the slot of every replica names it.</summary>
    [FieldOffset(8)] public ulong PutGeneration;

    /// <summary>Size of the object in bytes.</summary>
    [FieldOffset(16)] public long SizeBytes;

    /// <summary>The reservation, to be committed with the destination's generation when the bytes are there.</summary>
    [FieldOffset(24)] public ObjectRef Reservation;

    /// <summary>Where to: the reserved blob.</summary>
    [FieldOffset(32)] public ReplicaLocation Destination;

    /// <summary>
    /// Two bits of the object's <see cref="ObjectPin"/>, then the seconds that it has left; 0: it has no end.
    /// </summary>
    [FieldOffset(56)] public uint PinAndTtl;

    /// <summary>Index of this object's first source in the answer's list of replicas.</summary>
    [FieldOffset(60)] public byte FirstSourceIndex;

    /// <summary>Replicas to read from, 1 .. <see cref="Limits.ReplicaCountMax"/>.</summary>
    [FieldOffset(61)] public byte SourceCount;

    /// <summary>Which of the object's replicas it becomes, 0-based.</summary>
    [FieldOffset(62)] public byte ReplicaIndex;

    /// <summary>Replicas that the object was put with.</summary>
    [FieldOffset(63)] public byte ReplicaCount;

    /// <summary>The object's pin; from a hostile sender it may be none that is known.</summary>
    public readonly ObjectPin Pin => (ObjectPin)(PinAndTtl & 3);

    /// <summary>Seconds that the object has left; 0: it has no end.</summary>
    public readonly int TtlSeconds => (int)(PinAndTtl >> 2);
}
