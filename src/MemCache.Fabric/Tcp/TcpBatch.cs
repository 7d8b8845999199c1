using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.Fabric;

/// <summary>
/// Operations that travel together. This part collects them; <c>TcpBatch.Run.cs</c> carries them out. They run in any
/// order: what has to follow something else belongs into a later batch.
/// </summary>
internal sealed partial class TcpBatch(TcpTransport transport) : RemoteBatch
{
    private const int SmallCount = 1024;
    private const int SmallLayerCount = 32 * 1024;
    private const int SmallUseCountMax = 1024;

    private TcpOperation[] _operations = new TcpOperation[16];
    private MemoryBuffer[] _layers = new MemoryBuffer[256];
    private byte[] _keys = new byte[1024];
    private int _count;
    private int _layerCount;
    private int _keyBytes;
    private int _smallUseCount;

    /// <inheritdoc/>
    public override int Count => _count;

    /// <summary>All buffers.</summary>
    public ReadOnlySpan<MemoryBuffer> Layers => _layers.AsSpan(0, _layerCount);

    /// <summary>An operation, to be changed by its lanes.</summary>
    public ref TcpOperation Operation(int index) => ref _operations[index];

    /// <summary>The key of an operation, which may be empty.</summary>
    public ReadOnlySpan<byte> Key(in TcpOperation operation) =>
        _keys.AsSpan(operation.KeyBegin, operation.Request.KeyBytes);

    /// <inheritdoc/>
    public override int AddRead(
        RemoteSegment segment, long offset, ulong stamp, ReadOnlySpan<MemoryBuffer> layers, long checksumSlot = -1) =>
        Add(segment, layers, new DataRequest
        {
            Opcode = DataOpcode.Read,
            Offset = offset,
            RangeBytes = SizeOf(layers),
            Token = stamp,
            Slot = checksumSlot is >= 0 and < DataRequest.NoSlot ? (uint)checksumSlot : DataRequest.NoSlot,
        });

    /// <inheritdoc/>
    public override int AddRead(RemoteSegment segment, GlobalAddress address, ReadOnlySpan<MemoryBuffer> layers) =>
        Add(segment, layers, new DataRequest
        {
            Opcode = DataOpcode.ReadAddress,
            RangeBytes = SizeOf(layers),
            Token = address.Value,
            Slot = DataRequest.NoSlot,
        });

    /// <inheritdoc/>
    public override int AddPut(
        RemoteSegment segment, in BlobLocation blob, in BlobIdentity identity, ReadOnlySpan<MemoryBuffer> layers)
    {
        long sizeBytes = SizeOf(layers);
        DataRequest request = Of(DataOpcode.Put, blob, identity);
        request.Offset = blob.Offset;
        request.RangeBytes = sizeBytes == blob.SizeBytes ? sizeBytes : 0;
        return Add(segment, layers, request, identity.Key);
    }

    /// <inheritdoc/>
    public override int AddBegin(RemoteSegment segment, in BlobLocation blob) =>
        Add(segment, [], Of(DataOpcode.Begin, blob, default));

    /// <inheritdoc/>
    public override int AddWrite(
        RemoteSegment segment, in BlobLocation blob, long offset, ReadOnlySpan<MemoryBuffer> layers)
    {
        DataRequest request = Of(DataOpcode.Write, blob, default);
        request.Offset = offset;
        request.RangeBytes = SizeOf(layers);
        return Add(segment, layers, request);
    }

    /// <inheritdoc/>
    public override int AddEnd(RemoteSegment segment, in BlobLocation blob, in BlobIdentity identity) =>
        Add(segment, [], Of(DataOpcode.End, blob, identity), identity.Key);

    /// <inheritdoc/>
    public override int AddAbort(RemoteSegment segment, in BlobLocation blob) =>
        Add(segment, [], Of(DataOpcode.Abort, blob, default));

    /// <inheritdoc/>
    public override MmcStatus StatusAt(int index)
    {
        Invariant.Require(index >= 0 && index < _count);
        return _operations[index].Status;
    }

    /// <inheritdoc/>
    public override bool TryGetChecksum(int index, out uint checksum)
    {
        Invariant.Require(index >= 0 && index < _count);
        checksum = _operations[index].Checksum.GetValueOrDefault();
        return _operations[index].Checksum is not null;
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        EndLanes();
        _operations.AsSpan(0, _count).Clear();
        ShrinkIfLarge();
        _count = 0;
        _layerCount = 0;
        _keyBytes = 0;
    }

    /// <inheritdoc/>
    public override void Dispose() => EndLanes();

    // The lists of a very large batch are let go when only small ones come for a while: there is a batch for every
    // thread that ever called.
    private void ShrinkIfLarge()
    {
        bool isSmallUse = _count <= SmallCount && _layerCount <= SmallLayerCount;
        _smallUseCount = isSmallUse ? _smallUseCount + 1 : 0;
        if (_smallUseCount > SmallUseCountMax && (_operations.Length > SmallCount || _layers.Length > SmallLayerCount))
        {
            _operations = new TcpOperation[SmallCount];
            _layers = new MemoryBuffer[SmallLayerCount];
            _keys = new byte[SmallCount];
        }
    }

    private static DataRequest Of(DataOpcode opcode, in BlobLocation blob, in BlobIdentity identity) => new()
    {
        Opcode = opcode,
        KeyBytes = (ushort)Math.Min(identity.Key.Length, ushort.MaxValue),
        Token = blob.Generation,
        Slot = blob.Slot,
        Flags = DataRequest.FlagsOf(identity.Checksum is not null, identity.Terms),
        BlobOffset = blob.Offset,
        BlobSizeBytes = blob.SizeBytes,
        PutGeneration = identity.PutGeneration,
        Checksum = identity.Checksum.GetValueOrDefault(),
        ReplicaCount = (byte)Math.Clamp(identity.ReplicaCount, 0, byte.MaxValue),
        ReplicaIndex = (byte)Math.Clamp(identity.ReplicaIndex, 0, byte.MaxValue),
    };

    // 0: a buffer that is not legal.
    private static long SizeOf(ReadOnlySpan<MemoryBuffer> layers)
    {
        long sizeBytes = 0;
        foreach (ref readonly MemoryBuffer layer in layers)
        {
            bool isLegal = layer.Address != 0 && layer.SizeBytes is > 0 and <= Limits.SegmentBytesMax;
            if (!isLegal || sizeBytes > Limits.SegmentBytesMax)
            {
                return 0;
            }

            sizeBytes += layer.SizeBytes;
        }

        return sizeBytes;
    }

    private int Add(
        RemoteSegment segment, ReadOnlySpan<MemoryBuffer> layers, in DataRequest request,
        ReadOnlySpan<byte> key = default)
    {
        Invariant.Require(!_isRunning);
        if (_count == _operations.Length)
        {
            Array.Resize(ref _operations, 2 * _count);
        }

        var remote = segment as TcpRemoteSegment;
        _operations[_count] = new TcpOperation
        {
            Segment = remote,
            Request = request,
            LayerBegin = _layerCount,
            KeyBegin = _keyBytes,
            Status = remote is null ? MmcStatus.LinkNotFound : Judge(request),
        };
        if (_operations[_count].Status == MmcStatus.Ok)
        {
            Append(ref _layers, ref _layerCount, layers);
            Append(ref _keys, ref _keyBytes, key);
        }

        return _count++;
    }

    // What the protocol can't say is not sent; everything else is the owner's to judge.
    private static MmcStatus Judge(in DataRequest request)
    {
        bool movesBytes = request.IsRead || request.Opcode is DataOpcode.Put or DataOpcode.Write;
        bool sizeIsLegal = !movesBytes || request.RangeBytes is >= 1 and <= Limits.SegmentBytesMax;
        bool keyIsLegal = !request.HasIdentity || request.KeyBytes is >= Limits.KeyBytesMin and <= Limits.KeyBytesMax;
        return sizeIsLegal && keyIsLegal ? MmcStatus.Ok : MmcStatus.InvalidParameter;
    }

    private static void Append<T>(ref T[] list, ref int count, ReadOnlySpan<T> items)
    {
        if (items.Length > list.Length - count)
        {
            Array.Resize(ref list, Math.Max(2 * list.Length, count + items.Length));
        }

        items.CopyTo(list.AsSpan(count));
        count += items.Length;
    }
}
