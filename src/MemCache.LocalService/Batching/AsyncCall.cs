using System.Threading.Tasks.Sources;
using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>One asynchronous batch call on its way through a <see cref="WorkerPool"/>. Pooled; a call in steady state allocates nothing.</summary>
internal sealed class AsyncCall : IValueTaskSource<MmcStatus>
{
    private readonly Stack<AsyncCall> _pool;
    private ManualResetValueTaskSourceCore<MmcStatus> _core;

    public AsyncCall(Stack<AsyncCall> pool)
    {
        _pool = pool;
        // A continuation must not run on the thread that serves the next call.
        _core.RunContinuationsAsynchronously = true;
    }

    public Func<ObjectStore, AsyncCall, MmcStatus>? Body { get; set; }

    public ObjectStore? Store { get; set; }

    public KeyBatch? Keys { get; set; }

    public BufferBatch? Buffers { get; set; }

    public ReplicateOptions Options { get; set; }

    public Memory<MmcStatus> Results { get; set; }

    /// <summary>What the caller of <see cref="ObjectStore.RunAsync"/> gave: its calls, and what it passes along.</summary>
    public Func<ObjectStore, object, MmcStatus>? OwnCalls { get; set; }

    public object? OwnState { get; set; }

    public CancellationToken Cancellation { get; set; }

    public ValueTask<MmcStatus> Task => new(this, _core.Version);

    public void Run()
    {
        MmcStatus status;
        if (Cancellation.IsCancellationRequested)
        {
            status = MmcStatus.Cancelled;
            Results.Span.Fill(status);
        }
        else
        {
            try
            {
                status = Body!(Store!, this);
            }
            catch (Exception exception)
            {
                // The top of a thread of ours inside a host's process: nothing may leave, and the caller learns of it.
                _core.SetException(exception);
                return;
            }
        }

        _core.SetResult(status);
    }

    public void Fail(MmcStatus status)
    {
        Results.Span.Fill(status);
        _core.SetResult(status);
    }

    public MmcStatus GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Body = null;
            Store = null;
            Keys = null;
            Buffers = null;
            Results = default;
            OwnCalls = null;
            OwnState = null;
            Cancellation = default;
            lock (_pool)
            {
                _pool.Push(this);
            }
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
