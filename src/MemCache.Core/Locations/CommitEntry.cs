using System.Runtime.InteropServices;

namespace MemCache.Core;

/// <summary>
/// What a writer says of one reservation when its copy has ended. 24 bytes, little-endian, as it travels.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct CommitEntry
{
    /// <summary>The reservation, from <see cref="ObjectLocation.Ref"/>.</summary>
    [FieldOffset(0)] public ObjectRef Ref;

    /// <summary>Generation of its first replica.</summary>
    [FieldOffset(8)] public ulong Generation;

    /// <summary>
    /// 1: every replica was written whole, publish. 0: drop the reservation, nobody stores into it any more. 2: drop
    /// it, but bytes may still be on their way to segments of other hosts: their owners decide when the space there may
    /// be given away.
    /// </summary>
    [FieldOffset(16)] public uint Publish;

    /// <summary><see cref="Publish"/>: drop the reservation.</summary>
    public const uint Drop = 0;

    /// <summary><see cref="Publish"/>: publish the object.</summary>
    public const uint PublishAll = 1;

    /// <summary><see cref="Publish"/>: drop the reservation, in doubt.</summary>
    public const uint DropInDoubt = 2;
}
