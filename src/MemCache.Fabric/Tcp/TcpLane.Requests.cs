using MemCache.Core;
using MemCache.Interop;
using MemCache.Protocol;

namespace MemCache.Fabric;

/// <content>
/// Requests go out one behind the other, headers and payloads in one list of buffers; replies come in their order,
/// payloads straight into the caller's buffers but for small ones, many of which come with one call.
/// </content>
internal sealed partial class TcpLane
{
    // Reads below it are received together and copied out: a copy costs less than the system call it saves.
    private const int CollectedBytesMax = 16 << 10;

    // A lane moves this much before its batch looks at the others.
    private const long TurnBytesMax = 128 << 10;

    // One call of the kernel: while it copies it does not look at what the peer acknowledges.
    private const long SendBytesMax = 128 << 10;

    private readonly byte[] _greeting = new byte[DataHelloReply.SizeBytes];
    private TcpBatch? _batch;
    private LaneScratch? _scratch;
    private LaneRequest[] _requests = new LaneRequest[16];
    private int _requestCount;
    private ulong _firstRequestId;
    private ulong _nextRequestId;
    private bool _isReadOnly;
    private bool _wasPooled;

    // Sending: what the kernel takes next lies in the vector.
    private int _sendIndex;
    private LayerCursor _sendCursor;
    private long _sendLeft;
    private bool _isHeaderListed;
    private int _outputBytes;
    private int _vectorBegin;
    private int _vectorEnd;

    // Receiving.
    private int _receiveIndex;
    private ReplyPart _part;
    private LayerCursor _receiveCursor;
    private long _receiveLeft;
    private int _inputBegin;
    private int _inputEnd;
    private bool _hasReceived;

    private enum ReplyPart
    {
        Header,
        Payload,
        Trailer,
    }

    /// <summary>Bytes that it is to move for its batch: what it was given.</summary>
    public long LoadBytes { get; private set; }

    /// <summary>Whether all requests have their outcome.</summary>
    public bool IsDone => _receiveIndex == _requestCount;

    /// <summary>
    /// Whether it failed because the peer had closed it before this batch, and nothing that changes anything was asked.
    /// </summary>
    public bool MayStartAgain =>
        HasFailed && _wasPooled && !_hasReceived && _isReadOnly && Failure == MmcStatus.LinkNotFound;

    /// <summary>Begins to work for a batch.</summary>
    public void Begin(TcpBatch batch, LaneScratch scratch)
    {
        _batch = batch;
        _scratch = scratch;
        _requestCount = 0;
        LoadBytes = 0;
        _isReadOnly = true;
        _wasPooled = _isPooled;
        _firstRequestId = _nextRequestId;
        Rewind();
        NoteProgress();
    }

    /// <summary>Adds a request. Before the first <see cref="Move"/>.</summary>
    public void Add(in LaneRequest request, bool isRead, long loadBytes)
    {
        if (_requestCount == _requests.Length)
        {
            Array.Resize(ref _requests, 2 * _requestCount);
        }

        _requests[_requestCount++] = request;
        _isReadOnly &= isRead;
        LoadBytes += loadBytes;
    }

    /// <summary>Connects anew and begins from the first request.</summary>
    public void StartAgain()
    {
        Connect();
        _wasPooled = false;
        Rewind();
    }

    /// <summary>Gives every request that has no outcome the lane's own.</summary>
    public void FailRest()
    {
        MmcStatus status = Failure == MmcStatus.Ok ? MmcStatus.Timeout : Failure;
        for (int i = _receiveIndex; i < _requestCount; i++)
        {
            _batch!.Complete(_requests[i], status, null);
        }
    }

    /// <summary>Ends the work for a batch.</summary>
    /// <returns>The scratch, to be given back.</returns>
    public LaneScratch End()
    {
        LaneScratch scratch = _scratch!;
        if (!HasFailed && (!IsReady || !IsDone || _inputBegin != _inputEnd || _vectorBegin != _vectorEnd))
        {
            Fail(MmcStatus.Timeout, "given up in the middle");
        }

        _nextRequestId += (ulong)_requestCount;
        _batch = null;
        _scratch = null;
        return scratch;
    }

    /// <summary>Moves on as far as it goes, at most a turn.</summary>
    /// <param name="happened">What is known of the socket; what it does not say is not tried.</param>
    /// <param name="hasMore">Whether it ended only for others to have their turn.</param>
    /// <returns>Whether something moved.</returns>
    public bool Move(SocketReadiness happened, out bool hasMore)
    {
        hasMore = false;
        bool hasMoved = false;
        if (!IsReady)
        {
            hasMoved = MoveToReady();
            if (!IsReady)
            {
                return hasMoved;
            }

            happened = SocketReadiness.Readable | SocketReadiness.Writable;
            _sendAwaits = SocketReadiness.Writable;
            _receiveAwaits = SocketReadiness.Readable;
        }

        bool isOver = (happened & (SocketReadiness.Failed | SocketReadiness.HungUp)) != 0;
        if (isOver || (happened & _sendAwaits) != 0)
        {
            hasMoved |= Send(ref hasMore);
        }

        if (isOver || HasBuffered || (happened & _receiveAwaits) != 0)
        {
            hasMoved |= Receive(ref hasMore);
        }

        if (hasMoved)
        {
            NoteProgress();
        }

        return hasMoved;
    }

    private void Rewind()
    {
        _sendIndex = 0;
        _isHeaderListed = false;
        _outputBytes = 0;
        _vectorBegin = 0;
        _vectorEnd = 0;
        _receiveIndex = 0;
        _part = ReplyPart.Header;
        _inputBegin = 0;
        _inputEnd = 0;
        _hasReceived = false;
        _sendAwaits = SocketReadiness.Writable;
        _receiveAwaits = SocketReadiness.Readable;
    }

    private bool Send(ref bool hasMore)
    {
        long sentBytes = 0;
        while (IsReady)
        {
            if (_vectorBegin == _vectorEnd && !List())
            {
                _sendAwaits = SocketReadiness.None;
                break;
            }

            IoResult result = _channel!.Send(_scratch!.OutputVector.AsSpan(_vectorBegin, _vectorEnd - _vectorBegin));
            if (!result.IsOk)
            {
                if (result.IsNotReady)
                {
                    _sendAwaits = _channel.Awaits;
                }
                else
                {
                    FailSending(result);
                }

                break;
            }

            sentBytes += result.Count;
            Take(result.Count);
            if (sentBytes >= TurnBytesMax)
            {
                hasMore = true;
                break;
            }
        }

        return sentBytes > 0;
    }

    // A server that refuses says why before it closes: the reply may still be there.
    private void FailSending(IoResult result)
    {
        if (!_hasReceived && _wasPooled)
        {
            FailLost(result);
            return;
        }

        bool hasMore = false;
        _ = Receive(ref hasMore);
        if (!HasFailed && !IsDone)
        {
            FailLost(result);
        }
    }

    /// <summary>Lists what is sent next.</summary>
    private bool List()
    {
        _vectorBegin = 0;
        _vectorEnd = 0;
        _outputBytes = 0;
        MemoryBuffer[] vector = _scratch!.OutputVector;
        long listedBytes = 0;
        while (_sendIndex < _requestCount && _vectorEnd < vector.Length
            && _outputBytes <= LaneScratch.SizeBytes - DataRequest.SizeBytesMax && listedBytes < SendBytesMax)
        {
            if (!_isHeaderListed)
            {
                ListHeader();
            }

            if (_sendLeft > 0)
            {
                ReadOnlySpan<MemoryBuffer> layers = _batch!.Layers;
                long bytesMax = Math.Min(_sendLeft, SendBytesMax - listedBytes);
                _vectorEnd += _sendCursor.List(layers, bytesMax, vector.AsSpan(_vectorEnd), out long partBytes);
                _sendLeft -= partBytes;
                listedBytes += partBytes;
                if (_sendLeft > 0)
                {
                    _sendCursor.Advance(layers, partBytes);
                    break;
                }
            }

            _isHeaderListed = false;
            _sendIndex++;
        }

        return _vectorEnd > 0;
    }

    private void ListHeader()
    {
        LaneRequest part = _requests[_sendIndex];
        ref TcpOperation operation = ref _batch!.Operation(part.Operation);
        DataRequest request = operation.Request;
        request.RequestId = _firstRequestId + (ulong)_sendIndex;
        if (request.IsRead)
        {
            request.RangeBytes = part.SizeBytes;
            request.Offset += request.Opcode == DataOpcode.Read ? part.Begin : 0;
            request.Token += request.Opcode == DataOpcode.ReadAddress ? (ulong)part.Begin : 0;
            request.Slot = part.Begin == 0 ? request.Slot : DataRequest.NoSlot;
        }

        int headerBytes = DataRequest.SizeBytes + request.KeyBytes;
        Span<byte> room = _scratch!.Output.Slice(_outputBytes, headerBytes);
        request.Write(room);
        _batch.Key(operation).CopyTo(room[DataRequest.SizeBytes..]);
        ListOutput(headerBytes);
        _isHeaderListed = true;
        _sendLeft = request.PayloadBytes;
        if (_sendLeft > 0)
        {
            _sendCursor = new LayerCursor(_batch.Layers, operation.LayerBegin, 0);
        }
    }

    private void ListOutput(int sizeBytes)
    {
        MemoryBuffer[] vector = _scratch!.OutputVector;
        nuint address = _scratch.Output.Address + (nuint)_outputBytes;
        _outputBytes += sizeBytes;
        ref MemoryBuffer last = ref vector[Math.Max(_vectorEnd - 1, 0)];
        if (_vectorEnd > 0 && last.Address + (nuint)last.SizeBytes == address)
        {
            last = last with { SizeBytes = last.SizeBytes + sizeBytes };
        }
        else
        {
            vector[_vectorEnd++] = new MemoryBuffer(address, sizeBytes);
        }
    }

    private void Take(long sentBytes)
    {
        MemoryBuffer[] vector = _scratch!.OutputVector;
        while (sentBytes > 0)
        {
            ref MemoryBuffer first = ref vector[_vectorBegin];
            if (first.SizeBytes > sentBytes)
            {
                first = new MemoryBuffer(first.Address + (nuint)sentBytes, first.SizeBytes - sentBytes);
                return;
            }

            sentBytes -= first.SizeBytes;
            _vectorBegin++;
        }
    }

    private bool Receive(ref bool hasMore)
    {
        long receivedBytes = 0;
        while (!HasFailed && !IsDone)
        {
            int count = _part switch
            {
                ReplyPart.Header => TakeHeader(),
                ReplyPart.Payload => TakePayload(),
                _ => TakeTrailer(),
            };
            if (count < 0)
            {
                break;
            }

            receivedBytes += count;
            if (receivedBytes >= TurnBytesMax)
            {
                hasMore = true;
                break;
            }
        }

        _receiveAwaits = IsDone ? SocketReadiness.None : _receiveAwaits;
        return receivedBytes > 0;
    }

    private ReadOnlySpan<byte> Input => _scratch!.Input.Slice(_inputBegin, _inputEnd - _inputBegin);

    private int TakeHeader()
    {
        LaneRequest part = _requests[_receiveIndex];
        switch (DataReply.Read(Input, out DataReply reply))
        {
            case FrameVerdict.NeedMore:
                bool isLarge = part.SizeBytes > CollectedBytesMax;
                return ReceiveInput(isLarge ? DataReply.SizeBytes - Input.Length : LaneScratch.SizeBytes);
            case FrameVerdict.Complete when IsExpected(part, reply):
                _inputBegin += DataReply.SizeBytes;
                _hasReceived = true;
                if (reply.PayloadBytes > 0)
                {
                    _receiveLeft = reply.PayloadBytes;
                    _receiveCursor = new LayerCursor(
                        _batch!.Layers, _batch.Operation(part.Operation).LayerBegin, part.Begin);
                    _part = ReplyPart.Payload;
                }
                else
                {
                    Complete(part, reply.Status, null);
                }

                return 0;
            default:
                return Refuse();
        }
    }

    private bool IsExpected(in LaneRequest part, in DataReply reply)
    {
        ref TcpOperation operation = ref _batch!.Operation(part.Operation);
        return reply.RequestId == _firstRequestId + (ulong)_receiveIndex
            && reply.Opcode == operation.Request.Opcode
            && (reply.PayloadBytes == 0 || reply.PayloadBytes == part.SizeBytes);
    }

    private int TakePayload()
    {
        ReadOnlySpan<MemoryBuffer> layers = _batch!.Layers;
        while (_inputBegin < _inputEnd && _receiveLeft > 0)
        {
            MemoryBuffer next = _receiveCursor.Peek(layers, Math.Min(_receiveLeft, _inputEnd - _inputBegin));
            nuint source = _scratch!.Input.Address + (nuint)_inputBegin;
            CopyKernels.Copy(next.Address, source, next.SizeBytes, CopyKernel.Temporal);
            _inputBegin += (int)next.SizeBytes;
            NotePayload(layers, next.SizeBytes);
        }

        if (_receiveLeft == 0)
        {
            _part = ReplyPart.Trailer;
            return 0;
        }

        return _receiveLeft <= CollectedBytesMax ? ReceiveInput(LaneScratch.SizeBytes) : ReceivePayload(layers);
    }

    // The end of a payload is received together with its trailer and the header behind.
    private int ReceivePayload(ReadOnlySpan<MemoryBuffer> layers)
    {
        _inputBegin = 0;
        _inputEnd = 0;
        MemoryBuffer[] vector = _scratch!.InputVector;
        int count = _receiveCursor.List(
            layers, Math.Min(_receiveLeft, TurnBytesMax), vector.AsSpan(0, vector.Length - 1), out long listedBytes);
        if (listedBytes == _receiveLeft)
        {
            vector[count++] = new MemoryBuffer(_scratch.Input.Address, DataTrailer.SizeBytes + HeaderBytesBehind);
        }

        IoResult result = _channel!.Receive(vector.AsSpan(0, count));
        if (result.Count == 0)
        {
            return NothingReceived(result);
        }

        long payloadBytes = Math.Min(result.Count, listedBytes);
        _inputEnd = (int)(result.Count - payloadBytes);
        NotePayload(layers, payloadBytes);
        return result.Count;
    }

    private int HeaderBytesBehind => _receiveIndex + 1 < _requestCount ? DataReply.SizeBytes : 0;

    private void NotePayload(ReadOnlySpan<MemoryBuffer> layers, long sizeBytes)
    {
        _receiveLeft -= sizeBytes;
        _receiveCursor.Advance(layers, sizeBytes);
    }

    private int TakeTrailer()
    {
        LaneRequest part = _requests[_receiveIndex];
        switch (DataTrailer.Read(Input, out DataTrailer trailer))
        {
            case FrameVerdict.NeedMore:
                bool isLarge = part.SizeBytes > CollectedBytesMax;
                return ReceiveInput(
                    isLarge ? DataTrailer.SizeBytes - Input.Length + HeaderBytesBehind : LaneScratch.SizeBytes);
            case FrameVerdict.Complete:
                _inputBegin += DataTrailer.SizeBytes;
                Complete(part, trailer.Status, trailer.Checksum);
                return 0;
            default:
                return Refuse();
        }
    }

    private void Complete(in LaneRequest part, MmcStatus status, uint? checksum)
    {
        _batch!.Complete(part, status, checksum);
        _isEnding |= status == MmcStatus.InvalidParameter;
        _part = ReplyPart.Header;
        _receiveIndex++;
    }

    private int ReceiveInput(int sizeBytesMax)
    {
        if (_inputBegin > 0)
        {
            Input.CopyTo(_scratch!.Input.Slice(0, _inputEnd - _inputBegin));
            _inputEnd -= _inputBegin;
            _inputBegin = 0;
        }

        int roomBytes = Math.Min(sizeBytesMax, LaneScratch.SizeBytes - _inputEnd);
        IoResult result = _channel!.Receive(_scratch!.Input.Slice(_inputEnd, roomBytes));
        _inputEnd += result.Count;
        return result.Count > 0 ? result.Count : NothingReceived(result);
    }

    private int NothingReceived(IoResult result)
    {
        if (result.IsNotReady)
        {
            _receiveAwaits = _channel!.Awaits;
        }
        else
        {
            FailLost(result);
        }

        return -1;
    }

    private int Refuse()
    {
        Fail(MmcStatus.LinkNotFound, $"{Segment.Address} answered what was not asked");
        return -1;
    }
}
