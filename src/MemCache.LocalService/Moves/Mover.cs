using System.Diagnostics;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// Makes replicas in the own segment that the MetaService wants there: reads them from other ranks, and says when they
/// are whole. A thread of its own, started by the first <see cref="Offer"/>, with a connection of its own. It copies
/// with one thread and rests as long as it has worked, so that traffic does not notice. What fails is given up and
/// handed out again by the MetaService.
/// </summary>
internal sealed class Mover : IDisposable
{
    // Some blocks at a time: what a mover that dies in the middle has to give back, and how long it works without a
    // rest.
    private const long BytesMax = 64 << 20;

    // Between an empty answer and the next try, while the scan that finds what is to move may be slower than we are.
    private const int EmptyPauseMs = 50;
    private const int EmptyCountMax = 3;

    private const int RestMsMax = 200;
    private const int CallTimeoutMs = 5000;

    private readonly LocalServiceOptions _options;
    private readonly StoreCounters _counters;
    private readonly ILogger _logger;
    private readonly CopyEngine _copies = new(new CopyEngineOptions { ThreadCount = 1 });
    private readonly BlobReader _reader;
    private readonly MoveBatch _batch = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly ManualResetEventSlim _stop = new();
    private readonly Lock _lock = new();
    private Thread? _thread; // guarded by _lock
    private volatile Session? _session; // written by the membership thread

    public Mover(LocalServiceOptions options, SegmentPaths paths, StoreCounters counters, ILogger logger)
    {
        _options = options;
        _counters = counters;
        _logger = logger;
        _reader = new BlobReader(_copies, paths.Transport);
    }

    /// <summary>What copies, for tests.</summary>
    internal CopyEngine Copies => _copies;

    /// <summary>Something waits to be moved. From the membership thread.</summary>
    public void Offer(Session session)
    {
        lock (_lock)
        {
            if (_stop.IsSet)
            {
                return;
            }

            _session = session;
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "mmc-mover" };
                _thread.Start();
            }
        }

        _wake.Set();
    }

    /// <summary>
    /// Ends the thread after the object it is at; what it has not finished is given back. Offers have no effect any
    /// more.
    /// </summary>
    public void Stop()
    {
        Thread? thread;
        lock (_lock)
        {
            _stop.Set();
            thread = _thread;
        }

        _wake.Set();
        thread?.Join();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _reader.Dispose();
        _copies.Dispose();
        _wake.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsSet)
        {
            _wake.WaitOne();
            try
            {
                if (!_stop.IsSet && _session is { HasEnded: false } session)
                {
                    Work(session);
                }
            }
            catch (Exception exception)
            {
                // The top of our thread in a host's process: log, and wait for the next offer.
                Log.MoverFailed(_logger, exception);
            }
        }
    }

    private void Work(Session session)
    {
        if (session.Own is not { } own || !own.View.TryAcquire())
        {
            return;
        }

        (MmcStatus status, CallContext? context) = session.Connect(Deadline.In(CallTimeoutMs));
        try
        {
            long count = 0;
            long sizeBytes = 0;
            int emptyCount = context is null ? EmptyCountMax : 0;
            while (status == MmcStatus.Ok && emptyCount < EmptyCountMax && !_stop.IsSet && !session.HasEnded)
            {
                long begin = Stopwatch.GetTimestamp();
                status = Take(context!.Connection);
                emptyCount = _batch.Count == 0 ? emptyCount + 1 : 0;
                if (status == MmcStatus.Ok && _batch.Count > 0)
                {
                    CopyBatch(session, own.View, context.Connection);
                    status = Finish(context.Connection, ref count, ref sizeBytes);
                }

                int restMs = _batch.Count == 0 ? EmptyPauseMs : (int)Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                _stop.Wait(Math.Min(restMs, RestMsMax));
            }

            Report(status, count, sizeBytes);
        }
        finally
        {
            // No copy runs: what is not finished comes back.
            context?.Dispose();
            own.View.Release();
        }
    }

    private void Report(MmcStatus status, long count, long sizeBytes)
    {
        if (count > 0)
        {
            Log.Moved(_logger, count, sizeBytes);
        }

        if (status != MmcStatus.Ok && !_stop.IsSet)
        {
            Log.MoverInterrupted(_logger, status);
        }
    }

    private MmcStatus Take(MetaConnection connection)
    {
        var request = new MovesRequest(WireLimits.MoveCountMax, BytesMax);
        int length = request.Encode(connection.Payload(MovesRequest.SizeBytes));
        MmcStatus status = connection.Call(
            Opcode.TakeMoves, length, Deadline.In(CallTimeoutMs), out ReadOnlySpan<byte> payload);
        MovesReply reply = default;
        if (status == MmcStatus.Ok && !MovesReply.TryDecode(payload, out reply))
        {
            status = MmcStatus.UnexpectedResult;
        }

        _batch.Fill(reply);
        return status;
    }

    private void CopyBatch(Session session, SegmentView own, MetaConnection connection)
    {
        bool isKnown = true;
        for (int i = 0; i < _batch.Count; i++)
        {
            foreach (ref readonly ReplicaLocation source in _batch.Sources(i))
            {
                isKnown &= session.KnownSegment(source.Segment) is not null;
            }
        }

        if (!isKnown)
        {
            _ = session.RefreshSegments(connection, Deadline.In(CallTimeoutMs));
        }

        for (int i = 0; i < _batch.Count && !_stop.IsSet; i++)
        {
            MmcStatus status = Copy(session, own, i);
            _batch.Results[i].Publish = status == MmcStatus.Ok ? 1u : 0u;
            if (status != MmcStatus.Ok)
            {
                Log.MoveFailed(_logger, status, _batch.Move(i).SizeBytes);
            }
        }
    }

    private MmcStatus Copy(Session session, SegmentView own, int index)
    {
        ref readonly MoveEntry move = ref _batch.Move(index);
        ReplicaLocation to = move.Destination;
        var blob = new BlobLocation(to.Segment, to.Slot, to.Generation, to.Offset, move.SizeBytes);
        MmcStatus status = own.BeginWrite(blob);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        status = Read(session, own, index, blob, out uint? checksum);
        status = status != MmcStatus.Ok ? status : own.EndWrite(blob, new BlobIdentity
        {
            Key = _batch.Key(index),
            Checksum = checksum,
            PutGeneration = move.PutGeneration,
            ReplicaCount = move.ReplicaCount,
            ReplicaIndex = move.ReplicaIndex,
            Terms = StoredTerms.Of(move.Pin, move.TtlSeconds * 1000L, TimeProvider.System),
        });
        if (status != MmcStatus.Ok)
        {
            own.AbortWrite(blob);
        }

        return status;
    }

    private MmcStatus Read(Session session, SegmentView own, int index, in BlobLocation blob, out uint? checksum)
    {
        checksum = null;
        nuint destination = own.DataAddress(blob.Offset, blob.SizeBytes);
        if (destination == 0)
        {
            return MmcStatus.NotEnoughMemory;
        }

        long deadline = Deadline.In(_options.ClientTimeoutSeconds * 1000L);
        MmcStatus status = _reader.Read(
            session, _batch.Sources(index), blob.SizeBytes, destination, deadline, out checksum);
        if (status != MmcStatus.Ok || !_options.ChecksumEnable || checksum is null
            || checksum == Checksum.Of([new MemoryBuffer(destination, blob.SizeBytes)]))
        {
            return status;
        }

        _counters.AddChecksumMismatch();
        return MmcStatus.ChecksumMismatch;
    }

    private MmcStatus Finish(MetaConnection connection, ref long count, ref long sizeBytes)
    {
        int length = CommitRequest.Encode(
            connection.Payload(CommitRequest.SizeBytes(0, _batch.Count)), [], _batch.Results);
        MmcStatus status = connection.Call(
            Opcode.FinishMoves, length, Deadline.In(CallTimeoutMs), out ReadOnlySpan<byte> payload);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!StatusesReply.TryDecode(payload, _batch.Count, out ReadOnlySpan<MmcStatus> statuses))
        {
            return MmcStatus.UnexpectedResult;
        }

        for (int i = 0; i < statuses.Length; i++)
        {
            bool isMade = statuses[i] == MmcStatus.Ok && _batch.Results[i].Publish != 0;
            count += isMade ? 1 : 0;
            sizeBytes += isMade ? _batch.Move(i).SizeBytes : 0;
        }

        return MmcStatus.Ok;
    }
}
