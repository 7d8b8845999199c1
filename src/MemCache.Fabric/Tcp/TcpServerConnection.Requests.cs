using MemCache.Core;
using MemCache.Interop;
using MemCache.Protocol;

namespace MemCache.Fabric;

/// <content>
/// What the requests do. Bytes go from the segment into the socket and from the socket into the segment by one copy,
/// the kernel's; only reads of a few KiB are collected first, so that many of them leave with one call.
/// </content>
internal sealed partial class TcpServerConnection
{
    // Below it a copy costs less than the system call it saves.
    private const int CollectedBytesMax = 16 << 10;

    // What a request counts for in a turn beside its bytes, so that a flood of small ones ends as well.
    private const int RequestCost = 2048;

    private readonly byte[] _key = new byte[Limits.KeyBytesMax];
    private SegmentView? _view;

    // The request that bytes are moved for.
    private DataRequest _request;
    private BlobLocation _blob;
    private MmcStatus _failure;
    private ulong _stamp;
    private long _offset;
    private long _left;
    private bool _isReceiving;

    private void Handle(in DataRequest request)
    {
        Input.Slice(DataRequest.SizeBytes, request.KeyBytes).CopyTo(_key);
        _inputBegin += DataRequest.SizeBytes + request.KeyBytes;
        _bytesLeftInTurn -= RequestCost;
        _request = request;
        _left = 0;
        _blob = new BlobLocation(default, request.Slot, request.Token, request.BlobOffset, request.BlobSizeBytes);
        if (_server.View != _view || !_view!.TryAcquire())
        {
            // This connection led to a segment that is gone; a new one leads to what is there now.
            StageReply(MmcStatus.NotConnectedToLocal);
            _isEnding = true;
            return;
        }

        try
        {
            HandleHeld();
        }
        finally
        {
            _view.Release();
        }
    }

    private void HandleHeld()
    {
        switch (_request.Opcode)
        {
            case DataOpcode.Read:
                BeginRead(_request.Offset, _request.Token, JudgeRead(_request.Offset, _request.Token));
                break;
            case DataOpcode.ReadAddress:
                var address = new GlobalAddress(_request.Token);
                MmcStatus status = JudgeAddress(address, out ulong stamp);
                BeginRead(address.Offset, stamp, status);
                break;
            case DataOpcode.Put or DataOpcode.Write:
                BeginReceive();
                break;
            case DataOpcode.Begin:
                StageReply(_server.Receives.Begin(_view!, _blob));
                break;
            case DataOpcode.End:
                StageReply(_server.Receives.End(_view!, _blob, Identity));
                break;
            default:
                StageReply(_server.Receives.Abort(_view!, _blob));
                break;
        }
    }

    private BlobIdentity Identity => new()
    {
        Key = _key.AsSpan(0, _request.KeyBytes),
        Checksum = (_request.Flags & DataRequest.FlagChecksum) != 0 ? _request.Checksum : null,
        PutGeneration = _request.PutGeneration,
        ReplicaCount = _request.ReplicaCount,
        ReplicaIndex = _request.ReplicaIndex,
        Terms = _request.Terms,
    };

    private MmcStatus JudgeRead(long offset, ulong stamp) =>
        !IsInside(offset, _request.RangeBytes) || (stamp & ~SegmentLayout.HiddenStampBit) == 0
            ? MmcStatus.InvalidParameter
        : _view!.IsStamped(offset, _request.RangeBytes, stamp) ? MmcStatus.Ok
        : MmcStatus.BlobChanged;

    private MmcStatus JudgeAddress(GlobalAddress address, out ulong stamp)
    {
        stamp = _view!.StampAt(address.Offset);
        ulong generation = stamp & ~SegmentLayout.HiddenStampBit;
        if (!address.IsValid || !IsInside(address.Offset, 1))
        {
            return MmcStatus.InvalidParameter;
        }

        if (generation == 0 || !address.HasTagOf(_view.Uuid, generation))
        {
            return MmcStatus.BlobChanged;
        }

        if (stamp != generation)
        {
            return MmcStatus.StateMismatch;
        }

        // The first page is the blob's and a later one is not: the range goes on behind the blob.
        bool leavesBlob = !_view.IsStamped(address.Offset, _request.RangeBytes, stamp)
            && _view.IsStamped(address.Offset, 1, stamp);
        return leavesBlob ? MmcStatus.InvalidParameter : JudgeRead(address.Offset, stamp);
    }

    private bool IsInside(long offset, long sizeBytes) =>
        offset >= 0 && sizeBytes <= _view!.DataBytes && offset <= _view.DataBytes - sizeBytes;

    private void BeginRead(long offset, ulong stamp, MmcStatus status)
    {
        if (status == MmcStatus.Ok && _view!.DataAddress(offset, _request.RangeBytes) == 0)
        {
            status = MmcStatus.NotEnoughMemory;
        }

        _offset = offset;
        _stamp = stamp;
        if (status != MmcStatus.Ok)
        {
            StageReply(status);
        }
        else if (_request.RangeBytes <= CollectedBytesMax)
        {
            CollectRead();
        }
        else
        {
            var header = new DataReply(_request.Opcode, _request.RequestId, MmcStatus.Ok, _request.RangeBytes);
            header.Write(Room(DataReply.SizeBytes));
            _left = _request.RangeBytes;
            _phase = Phase.Send;
        }
    }

    private void CollectRead()
    {
        int sizeBytes = (int)_request.RangeBytes;
        int begin = _outputEnd;
        new DataReply(_request.Opcode, _request.RequestId, MmcStatus.Ok, sizeBytes).Write(Room(DataReply.SizeBytes));
        _view!.DataSpan(_offset, sizeBytes).CopyTo(Room(sizeBytes));
        if (_view.IsStamped(_offset, sizeBytes, _stamp))
        {
            StageTrailer(MmcStatus.Ok);
        }
        else
        {
            _outputEnd = begin;
            StageReply(MmcStatus.BlobChanged);
        }
    }

    private TcpStep StepSend()
    {
        if (!_view!.TryAcquire())
        {
            return TcpStep.Close;
        }

        try
        {
            return SendPart(_view.DataAddress(_offset, _left));
        }
        finally
        {
            _view.Release();
        }
    }

    private TcpStep SendPart(nuint address)
    {
        int count = 0;
        int collectedBytes = _outputEnd - _outputBegin;
        if (collectedBytes > 0)
        {
            _vector[count++] = new MemoryBuffer(_output!.Address + (nuint)_outputBegin, collectedBytes);
        }

        _vector[count++] = new MemoryBuffer(address, Math.Min(_left, _bytesLeftInTurn));
        IoResult result = Channel.Send(_vector.AsSpan(0, count));
        if (!result.IsOk)
        {
            return result.IsNotReady ? Block() : TcpStep.Close;
        }

        _hasMoved = true;
        _bytesLeftInTurn -= result.Count;
        _outputBegin += Math.Min(result.Count, collectedBytes);
        int sentBytes = Math.Max(0, result.Count - collectedBytes);
        _offset += sentBytes;
        _left -= sentBytes;
        if (sentBytes > 0)
        {
            ReturnOutput();
            _server.Counters.AddBytes(0, sentBytes);
        }

        if (_left == 0)
        {
            EndRead();
        }

        return TcpStep.Go;
    }

    private void EndRead()
    {
        // ORDER: the kernel has read the last byte before its send returned; the stamps are read now.
        bool isCurrent = _view!.IsStamped(_offset - _request.RangeBytes, _request.RangeBytes, _stamp);
        StageTrailer(isCurrent ? MmcStatus.Ok : MmcStatus.BlobChanged);
        _phase = Phase.Request;
    }

    private void BeginReceive()
    {
        _left = _request.RangeBytes;
        _offset = _request.Offset;
        if (!IsInside(_offset, _left))
        {
            // There may be a terabyte behind it: not read only to be forgotten.
            Refuse(TcpRefusal.OutOfRange, "");
            StageReply(MmcStatus.InvalidParameter);
            _left = 0;
            _isEnding = true;
            return;
        }

        _server.Receives.Enter(_blob);
        _isReceiving = true;
        _failure = _request.Opcode == DataOpcode.Put ? BeginPut() : JudgeWrite();
        _phase = Phase.Receive;
        if (_failure != MmcStatus.Ok)
        {
            StopReceiving();
        }
    }

    private MmcStatus BeginPut()
    {
        bool isWhole = _request.Offset == _blob.Offset && _request.RangeBytes == _blob.SizeBytes;
        return isWhole && Identity.IsLegal ? _view!.BeginWrite(_blob, isRemote: true) : MmcStatus.InvalidParameter;
    }

    private MmcStatus JudgeWrite()
    {
        bool isInside = _offset >= _blob.Offset && _blob.SizeBytes <= _view!.DataBytes
            && _offset - _blob.Offset <= _blob.SizeBytes - _left;
        ulong hidden = _blob.Generation | SegmentLayout.HiddenStampBit;
        return !isInside || !IsInside(_blob.Offset, _blob.SizeBytes) ? MmcStatus.InvalidParameter
            : IsOurs() && _view!.IsStamped(_offset, _left, hidden) ? MmcStatus.Ok
            : MmcStatus.ReservationRevoked;
    }

    private bool IsOurs() =>
        _view!.TryReadWord(_blob.Slot, out SlotWord word) && word == new SlotWord(_blob.Generation, SlotState.Writing);

    private TcpStep StepReceive()
    {
        if (!_view!.TryAcquire())
        {
            return TcpStep.Close;
        }

        try
        {
            if (!IsOurs())
            {
                _failure = MmcStatus.ReservationRevoked;
                StopReceiving();
                return TcpStep.Go;
            }

            TcpStep step = Input.IsEmpty ? ReceivePart() : TakePart();
            if (_left == 0 && step == TcpStep.Go)
            {
                EndReceive();
            }

            return step;
        }
        finally
        {
            _view.Release();
        }
    }

    // What arrived together with the request.
    private TcpStep TakePart()
    {
        int sizeBytes = (int)Math.Min(_left, Input.Length);
        Input[..sizeBytes].CopyTo(_view!.DataSpan(_offset, sizeBytes));
        _inputBegin += sizeBytes;
        NoteReceived(sizeBytes);
        return TcpStep.Go;
    }

    private TcpStep ReceivePart()
    {
        _inputBegin = 0;
        _inputEnd = 0;
        long sizeBytes = Math.Min(_left, _bytesLeftInTurn);
        int count = 0;
        _vector[count++] = new MemoryBuffer(_view!.DataAddress(_offset, sizeBytes), sizeBytes);
        if (sizeBytes == _left)
        {
            _input ??= _server.Inputs.Rent();
            _vector[count++] = new MemoryBuffer(_input.Address, InputBytesBehindPayload);
        }

        IoResult result = Channel.Receive(_vector.AsSpan(0, count));
        if (result.Count == 0)
        {
            return result.IsNotReady ? Block() : TcpStep.Close;
        }

        _hasMoved = true;
        int storedBytes = (int)Math.Min(result.Count, sizeBytes);
        _inputEnd = result.Count - storedBytes;
        _bytesLeftInTurn -= result.Count;
        NoteReceived(storedBytes);
        return TcpStep.Go;
    }

    private void NoteReceived(int sizeBytes)
    {
        _offset += sizeBytes;
        _left -= sizeBytes;
        _server.Counters.AddBytes(sizeBytes, 0);
    }

    private void EndReceive()
    {
        // ORDER: the stores of the kernel and ours before the word that says they are there.
        Interlocked.MemoryBarrier();
        MmcStatus status = _request.Opcode == DataOpcode.Put ? _view!.EndWrite(_blob, Identity)
            : IsOurs() ? MmcStatus.Ok
            : MmcStatus.ReservationRevoked;
        _isReceiving = false;
        _server.Receives.Exit(_blob);
        _phase = Phase.Request;
        StageReply(status);
    }

    // The rest of the bytes still comes; nothing of it is stored.
    private void StopReceiving()
    {
        _isReceiving = false;
        _server.Receives.Exit(_blob);
        _phase = Phase.Discard;
    }

    private TcpStep StepDiscard()
    {
        int sizeBytes = (int)Math.Min(_left, Input.Length);
        _inputBegin += sizeBytes;
        _left -= sizeBytes;
        if (_left > 0)
        {
            return ReceiveInput();
        }

        _phase = Phase.Request;
        StageReply(_failure);
        return TcpStep.Go;
    }

    /// <summary>The connection ends: what it was storing is given up, behind its last store.</summary>
    private void EndRequest()
    {
        if (!_isReceiving)
        {
            return;
        }

        _isReceiving = false;
        if (_request.Opcode == DataOpcode.Put && _view!.TryAcquire())
        {
            _view.AbortWrite(_blob);
            _view.Release();
        }

        _server.Receives.Exit(_blob);
    }

    private void StageReply(MmcStatus status) => StageReply(_request, status);

    private void StageReply(in DataRequest request, MmcStatus status)
    {
        new DataReply(request.Opcode, request.RequestId, status, 0).Write(Room(DataReply.SizeBytes));
        _server.Counters.AddOperations(1, status == MmcStatus.Ok ? 0 : 1);
        if (status == MmcStatus.BlobChanged)
        {
            _server.Counters.AddReadChanged();
        }
    }

    private void StageTrailer(MmcStatus status)
    {
        uint? checksum = null;
        if (status == MmcStatus.Ok && _request.Slot != DataRequest.NoSlot)
        {
            ulong generation = _stamp & ~SegmentLayout.HiddenStampBit;
            var blob = new BlobLocation(default, _request.Slot, generation, 0, 0);
            checksum = _view!.TryReadChecksum(blob, out uint stored) ? stored : null;
        }

        new DataTrailer(status, checksum).Write(Room(DataTrailer.SizeBytes));
        _server.Counters.AddOperations(1, status == MmcStatus.Ok ? 0 : 1);
        if (status != MmcStatus.Ok)
        {
            _server.Counters.AddReadChanged();
        }
    }
}
