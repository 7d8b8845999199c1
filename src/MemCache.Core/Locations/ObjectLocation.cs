using System.Runtime.InteropServices;

namespace MemCache.Core;

/// <summary>
/// One entry of the answer to a lookup or a reserve: what became of key i, and which <see cref="ReplicaLocation"/>s
/// belong to it. 32 bytes, little-endian; the engine writes it straight into the reply frame.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct ObjectLocation
{
    /// <summary>Outcome for this key. The other fields are 0 unless it is <see cref="MmcStatus.Ok"/>.</summary>
    [FieldOffset(0)] public MmcStatus Status;

    /// <summary>Replicas, 1 .. <see cref="Limits.ReplicaCountMax"/>.</summary>
    [FieldOffset(4)] public ushort ReplicaCount;

    /// <summary>Size of the object in bytes.</summary>
    [FieldOffset(8)] public long SizeBytes;

    /// <summary>
    /// The object, for commit and lease release; the generation that goes with it is the first replica's.
    /// </summary>
    [FieldOffset(16)] public ObjectRef Ref;

    /// <summary>Index of this object's first entry in the replica list of the same answer.</summary>
    [FieldOffset(24)] public uint FirstReplicaIndex;
}
