using System.Runtime.InteropServices;

namespace MemCache.Meta;

/// <summary>
/// Begin of an object's record: one cache line. Further replicas and then the key's bytes follow it in the same cell,
/// so that a lookup touches one place.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct RecordHeader : ICell
{
    /// <summary>Offset of the first <see cref="ReplicaEntry"/>.</summary>
    public const int ReplicasOffset = 40;

    /// <summary>Size of one <see cref="ReplicaEntry"/>.</summary>
    public const int ReplicaBytes = 24;

    /// <summary>Smallest and largest cell of a record.</summary>
    public const int GranulesMin = (ReplicasOffset + ReplicaBytes + 1 + 7) / 8;

    /// <inheritdoc cref="GranulesMin"/>
    public const int GranulesMax =
        (ReplicasOffset + ReplicaBytes * Core.Limits.ReplicaCountMax + Core.Limits.KeyBytesMax + 7) / 8 + 1;

    /// <summary>What the record is.</summary>
    [FieldOffset(0)] public RecordState State;

    /// <summary>Length of the key, less one.</summary>
    [FieldOffset(1)] public byte KeyBytesLessOne;

    /// <summary>Entries for replicas, the ones that are gone included.</summary>
    [FieldOffset(2)] public byte ReplicaCount;

    /// <summary>
    /// Which of the eviction orders a readable record is in: one for each medium and pin. <see cref="OrderOf"/>.
    /// </summary>
    [FieldOffset(3)] public byte Order;

    /// <summary>
    /// 24 bits that tell this use of the cell from earlier ones; the eviction policy owns the upper 8.
    /// </summary>
    [FieldOffset(4)] public uint SerialAndMark;

    /// <summary>
    /// Neighbour in the list the record is in: eviction order, parked, removing, or the session's reservations.
    /// </summary>
    [FieldOffset(8)] public uint Previous;

    /// <inheritdoc cref="Previous"/>
    [FieldOffset(12)] public uint Next;

    /// <summary>Number of the last access, over all shards.</summary>
    [FieldOffset(16)] public ulong Sequence;

    // Sizes take 41 bits and generations 60: together they fill what the fields and the first replica's entry leave
    // free. Above the size lie 6 bits of the tenant and one that says whether there is a time to live.
    [FieldOffset(24)] private uint _sizeLow;
    [FieldOffset(28)] private ushort _sizeHigh;
    [FieldOffset(30)] private ushort _putGenerationHigh;

    /// <summary>Readable and Removing: a <see cref="ReadLease"/>. Reserved and Orphan: the session's number.</summary>
    [FieldOffset(32)] public ulong Lease;

    /// <summary>The first replica.</summary>
    [FieldOffset(ReplicasOffset)] public ReplicaEntry First;

    // In the bytes of First that an entry does not use: writing First loses them.
    [FieldOffset(ReplicasOffset + 18)] private ushort _putGenerationLow;
    [FieldOffset(ReplicasOffset + 20)] private uint _putGenerationMiddle;

    /// <inheritdoc/>
    static int ICell.SizeBytes => 64;

    /// <summary>Number of eviction orders: of media and pins, some of the numbers without a use.</summary>
    public const int OrderCount = 12;

    /// <summary>Largest number of a tenant.</summary>
    public const int TenantMax = 63;

    private const int SizeHighMask = 0x1FF;
    private const int TenantShift = 9;
    private const int TtlBit = 0x8000;

    /// <summary>The eviction order of a medium and a pin.</summary>
    public static int OrderOf(Core.Medium medium, Core.ObjectPin pin) => (int)medium | (int)pin << 2;

    /// <summary>Medium of all replicas.</summary>
    public Core.Medium Medium
    {
        readonly get => (Core.Medium)(Order & 3);
        set => Order = (byte)OrderOf(value, Pin);
    }

    /// <summary>
    /// How firmly the object stays. While the record is readable, only its shard may change it: it changes the order.
    /// </summary>
    public Core.ObjectPin Pin
    {
        readonly get => (Core.ObjectPin)(Order >> 2);
        set => Order = (byte)OrderOf(Medium, value);
    }

    /// <summary>Size of the object.</summary>
    public long SizeBytes
    {
        readonly get => (long)(_sizeHigh & SizeHighMask) << 32 | _sizeLow;
        set => (_sizeLow, _sizeHigh) = ((uint)value, (ushort)(_sizeHigh & ~SizeHighMask | (int)(value >> 32)));
    }

    /// <summary>Whose quota the record is charged to; 0: nobody's.</summary>
    public int Tenant
    {
        readonly get => _sizeHigh >> TenantShift & TenantMax;
        set => _sizeHigh = (ushort)(_sizeHigh & ~(TenantMax << TenantShift) | value << TenantShift);
    }

    /// <summary>Whether there is a pin, a tenant or an end: something to give back when the record goes.</summary>
    public readonly bool HasAttributes => (Order >> 2 | _sizeHigh >> TenantShift) != 0;

    /// <summary>Whether the shard's table of expiries has an entry for the record.</summary>
    public bool HasTtl
    {
        readonly get => (_sizeHigh & TtlBit) != 0;
        set => _sizeHigh = (ushort)(value ? _sizeHigh | TtlBit : _sizeHigh & ~TtlBit);
    }

    /// <summary>
    /// Generation of the first replica when the object was put: what its replicas' slots say, also after the first one
    /// has moved. Lost when <see cref="First"/> is written.
    /// </summary>
    public ulong PutGeneration
    {
        readonly get => (ulong)_putGenerationHigh << 48 | (ulong)_putGenerationMiddle << 16 | _putGenerationLow;
        set => (_putGenerationLow, _putGenerationMiddle, _putGenerationHigh) =
            ((ushort)value, (uint)(value >> 16), (ushort)(value >> 48));
    }

    /// <summary>Tells this use of the cell from earlier ones, 24 bits.</summary>
    public readonly uint Serial => SerialAndMark & 0xFFFFFF;

    /// <summary>Free for the eviction policy.</summary>
    public byte PolicyMark
    {
        readonly get => (byte)(SerialAndMark >> 24);
        set => SerialAndMark = SerialAndMark & 0xFFFFFF | (uint)value << 24;
    }

    /// <summary>Length of the key.</summary>
    public readonly int KeyBytes => KeyBytesLessOne + 1;

    /// <summary>Offset of the key from the begin of the record.</summary>
    public readonly int KeyOffset => ReplicasOffset + ReplicaBytes * ReplicaCount;

    /// <summary>Size of the whole record in granules; one of a tenant has links behind its key.</summary>
    public static int Granules(int replicaCount, int keyBytes, int tenant = 0) =>
        (ReplicasOffset + ReplicaBytes * replicaCount + keyBytes + Slab.GranuleBytes - 1) / Slab.GranuleBytes
        + (tenant == 0 ? 0 : 1);

    /// <summary>Pages of one replica.</summary>
    public readonly uint PageCount => Pages(SizeBytes);

    /// <summary>Pages that <paramref name="sizeBytes"/> take.</summary>
    public static uint Pages(long sizeBytes) =>
        (uint)((sizeBytes + Core.Limits.BlobAlignmentBytes - 1) >> Core.Limits.BlobAlignmentShift);
}
