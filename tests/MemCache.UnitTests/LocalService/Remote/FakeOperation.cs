using MemCache.Core;

namespace MemCache.UnitTests.LocalService;

/// <summary>What a batch was asked for.</summary>
internal enum FakeKind
{
    Read,
    ReadAddress,
    Put,
    Begin,
    Write,
    End,
    Abort,
}

/// <summary>One operation of a <see cref="FakeBatch"/>, with all that it needs to be done later.</summary>
internal sealed record FakeOperation(FakeKind Kind, FakeSegment Segment)
{
    public BlobLocation Blob { get; init; }

    public long Offset { get; init; }

    public ulong Stamp { get; init; }

    public GlobalAddress Address { get; init; }

    public MemoryBuffer[] Layers { get; init; } = [];

    public byte[] Key { get; init; } = [];

    public uint? Checksum { get; set; }

    public ulong PutGeneration { get; init; }

    public int ReplicaCount { get; init; }

    public int ReplicaIndex { get; init; }

    public long ChecksumSlot { get; init; } = -1;

    public MmcStatus Status { get; set; } = MmcStatus.Internal;

    public long SizeBytes => Layers.Sum(layer => layer.SizeBytes);
}
