using System.Runtime.InteropServices;

namespace MemCache.Protocol;

/// <summary>Figures of the whole pool. 80 bytes, little-endian, as they travel.</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
public struct PoolTotals
{
    /// <summary>Readable objects.</summary>
    [FieldOffset(0)] public long ObjectCount;

    /// <summary>Bytes of data of all segments.</summary>
    [FieldOffset(8)] public long CapacityBytes;

    /// <summary>Bytes given to blobs.</summary>
    [FieldOffset(16)] public long AllocatedBytes;

    /// <summary>Reservations that are neither committed nor aborted.</summary>
    [FieldOffset(24)] public long ReservationCount;

    /// <summary>Reservations whose session is gone and whose writer is not known dead.</summary>
    [FieldOffset(32)] public long OrphanCount;

    /// <summary>Read leases granted and not given back: held, or lapsed since.</summary>
    [FieldOffset(40)] public long LeaseCount;

    /// <summary>Objects evicted since the start.</summary>
    [FieldOffset(48)] public long EvictedCount;

    /// <summary>Open sessions.</summary>
    [FieldOffset(56)] public long SessionCount;

    /// <summary>Open connections, membership and data.</summary>
    [FieldOffset(64)] public long ConnectionCount;

    /// <summary>Milliseconds since the MetaService started.</summary>
    [FieldOffset(72)] public long UptimeMs;
}
