using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.UnitTests.LocalService;

/// <summary>
/// A transport without a network: does at once, through the owner's file, what a data server would do, or fails as a test wants it to.
/// </summary>
internal sealed class FakeTransport(params string[] directories) : ITransport
{
    private readonly Dictionary<SegmentUuid, PeerSegment> _mapped = [];
    private readonly CopyEngine _copies = new(new CopyEngineOptions { ThreadCount = 1 });

    public string Name => "fake";

    /// <summary>All operations that were started, in their order.</summary>
    public List<FakeOperation> Started { get; } = [];

    /// <summary>Ranks that count as unreachable until a test says otherwise.</summary>
    public HashSet<RankId> Suspects { get; } = [];

    /// <summary>Asked before each operation is done: what it is to fail with, null: nothing.</summary>
    public Func<FakeOperation, MmcStatus?> Fail { get; set; } = _ => null;

    /// <summary>Called when a batch is started.</summary>
    public Action BatchStarted { get; set; } = () => { };

    public RemoteSegment Open(SegmentUuid uuid, RankId rank, string address) => new FakeSegment(this, uuid, rank, address);

    public RemoteBatch NewBatch() => new FakeBatch(this);

    public void Dispose()
    {
        _copies.Dispose();
        foreach (PeerSegment segment in _mapped.Values)
        {
            segment.Dispose();
        }
    }

    /// <summary>Does an operation, as an owner's data server does.</summary>
    public MmcStatus Do(FakeOperation operation)
    {
        if (Map(operation.Segment.Uuid) is not { } view)
        {
            return MmcStatus.NotConnectedToLocal;
        }

        return operation.Kind switch
        {
            FakeKind.Read => Read(view, operation, operation.Offset, operation.Stamp),
            FakeKind.ReadAddress => ReadAddress(view, operation),
            FakeKind.Put => Put(view, operation),
            FakeKind.Begin => view.BeginWrite(operation.Blob, isHidden: true),
            FakeKind.Write => Write(view, operation, operation.Offset),
            FakeKind.End => End(view, operation),
            _ => Abort(view, operation),
        };
    }

    private SegmentView? Map(SegmentUuid uuid)
    {
        if (!_mapped.TryGetValue(uuid, out PeerSegment? segment))
        {
            string name = $"mmc-{uuid}.segment";
            string? directory = directories.FirstOrDefault(d => File.Exists(Path.Combine(d, name)));
            if (directory is null || PeerSegment.Open(directory, name, uuid, out segment, out _) != MmcStatus.Ok)
            {
                return null;
            }

            // Held for good: this transport is disposed before the files are.
            segment!.TryAcquire();
            _mapped.Add(uuid, segment);
        }

        return segment.View;
    }

    private MmcStatus Read(SegmentView view, FakeOperation operation, long offset, ulong stamp)
    {
        if (!view.IsStamped(offset, operation.SizeBytes, stamp))
        {
            return MmcStatus.BlobChanged;
        }

        nuint source = view.DataAddress(offset, operation.SizeBytes);
        foreach (MemoryBuffer layer in operation.Layers)
        {
            _copies.Copy([new CopyPiece(source, layer.Address, layer.SizeBytes)], CopyDirection.Get);
            source += (nuint)layer.SizeBytes;
        }

        if (operation.ChecksumSlot >= 0 && view.TryReadSlot((uint)operation.ChecksumSlot, out DirectorySlot slot)
            && (slot.Flags & DirectorySlot.FlagChecksum) != 0)
        {
            operation.Checksum = slot.Checksum;
        }

        return view.IsStamped(offset, operation.SizeBytes, stamp) ? MmcStatus.Ok : MmcStatus.BlobChanged;
    }

    private MmcStatus ReadAddress(SegmentView view, FakeOperation operation)
    {
        ulong stamp = view.StampAt(operation.Address.Offset);
        ulong generation = stamp & ~SegmentLayout.HiddenStampBit;
        return stamp == 0 || !operation.Address.HasTagOf(view.Uuid, generation) ? MmcStatus.BlobChanged
            : stamp != generation ? MmcStatus.StateMismatch
            : Read(view, operation, operation.Address.Offset, stamp);
    }

    private MmcStatus Put(SegmentView view, FakeOperation operation)
    {
        MmcStatus status = view.BeginWrite(operation.Blob);
        if (status == MmcStatus.Ok)
        {
            Store(view, operation, operation.Blob.Offset);
            status = End(view, operation);
        }

        return status;
    }

    private MmcStatus Write(SegmentView view, FakeOperation operation, long offset)
    {
        if (!view.TryReadWord(operation.Blob.Slot, out SlotWord word)
            || word != new SlotWord(operation.Blob.Generation, SlotState.Writing))
        {
            return MmcStatus.ReservationRevoked;
        }

        Store(view, operation, offset);
        return MmcStatus.Ok;
    }

    private void Store(SegmentView view, FakeOperation operation, long offset)
    {
        nuint destination = view.DataAddress(offset, operation.SizeBytes);
        foreach (MemoryBuffer layer in operation.Layers)
        {
            _copies.Copy([new CopyPiece(layer.Address, destination, layer.SizeBytes)]);
            destination += (nuint)layer.SizeBytes;
        }
    }

    private static MmcStatus End(SegmentView view, FakeOperation operation) =>
        view.EndWrite(operation.Blob, new BlobIdentity
        {
            Key = operation.Key,
            Checksum = operation.Checksum,
            PutGeneration = operation.PutGeneration,
            ReplicaCount = operation.ReplicaCount,
            ReplicaIndex = operation.ReplicaIndex,
        });

    private static MmcStatus Abort(SegmentView view, FakeOperation operation)
    {
        view.AbortWrite(operation.Blob);
        return MmcStatus.Ok;
    }
}
