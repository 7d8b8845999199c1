using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.UnitTests.LocalService;

/// <summary>A batch of a <see cref="FakeTransport"/>.</summary>
internal sealed class FakeBatch(FakeTransport transport) : RemoteBatch
{
    private readonly List<FakeOperation> _operations = [];

    public override int Count => _operations.Count;

    public override int AddRead(
        RemoteSegment segment, long offset, ulong stamp, ReadOnlySpan<MemoryBuffer> layers, long checksumSlot = -1) =>
        Add(new FakeOperation(FakeKind.Read, (FakeSegment)segment)
        {
            Offset = offset,
            Stamp = stamp,
            Layers = layers.ToArray(),
            ChecksumSlot = checksumSlot,
        });

    public override int AddRead(RemoteSegment segment, GlobalAddress address, ReadOnlySpan<MemoryBuffer> layers) =>
        Add(new FakeOperation(FakeKind.ReadAddress, (FakeSegment)segment) { Address = address, Layers = layers.ToArray() });

    public override int AddPut(
        RemoteSegment segment, in BlobLocation blob, in BlobIdentity identity, ReadOnlySpan<MemoryBuffer> layers) =>
        Add(Of(FakeKind.Put, segment, blob, identity) with { Layers = layers.ToArray() });

    public override int AddBegin(RemoteSegment segment, in BlobLocation blob) =>
        Add(new FakeOperation(FakeKind.Begin, (FakeSegment)segment) { Blob = blob });

    public override int AddWrite(RemoteSegment segment, in BlobLocation blob, long offset, ReadOnlySpan<MemoryBuffer> layers) =>
        Add(new FakeOperation(FakeKind.Write, (FakeSegment)segment) { Blob = blob, Offset = offset, Layers = layers.ToArray() });

    public override int AddEnd(RemoteSegment segment, in BlobLocation blob, in BlobIdentity identity) =>
        Add(Of(FakeKind.End, segment, blob, identity));

    public override int AddAbort(RemoteSegment segment, in BlobLocation blob) =>
        Add(new FakeOperation(FakeKind.Abort, (FakeSegment)segment) { Blob = blob });

    public override void Start(long deadline)
    {
        lock (transport.Started)
        {
            transport.Started.AddRange(_operations);
        }

        transport.BatchStarted();
    }

    public override void Finish()
    {
        lock (transport)
        {
            foreach (FakeOperation operation in _operations)
            {
                operation.Status = !operation.Segment.IsReachable ? MmcStatus.LinkNotFound
                    : transport.Fail(operation) ?? transport.Do(operation);
            }
        }
    }

    public override MmcStatus StatusAt(int index) => _operations[index].Status;

    public override bool TryGetChecksum(int index, out uint checksum)
    {
        checksum = _operations[index].Checksum ?? 0;
        return _operations[index].Checksum is not null;
    }

    public override void Clear() => _operations.Clear();

    public override void Dispose()
    {
        // Nothing of its own.
    }

    private static FakeOperation Of(FakeKind kind, RemoteSegment segment, in BlobLocation blob, in BlobIdentity identity) =>
        new(kind, (FakeSegment)segment)
        {
            Blob = blob,
            Key = identity.Key.ToArray(),
            Checksum = identity.Checksum,
            PutGeneration = identity.PutGeneration,
            ReplicaCount = identity.ReplicaCount,
            ReplicaIndex = identity.ReplicaIndex,
        };

    private int Add(FakeOperation operation)
    {
        _operations.Add(operation);
        return _operations.Count - 1;
    }
}
