using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>Buffers of one size outside the managed heap, used again and again. Thread-safe.</summary>
internal sealed class TcpBufferPool(int sizeBytes) : IDisposable
{
    // LIMIT: buffers kept for the next user; more are given back to the system. Enough for the requests that run at one
    // time.
    private const int SpareCountMax = 64;

    private readonly Lock _gate = new();
    private readonly Stack<NativeBuffer> _spares = new(SpareCountMax);
    private bool _isDisposed;

    /// <summary>A buffer with whatever is in it.</summary>
    public NativeBuffer Rent()
    {
        lock (_gate)
        {
            if (_spares.TryPop(out NativeBuffer? buffer))
            {
                return buffer;
            }
        }

        return NativeBuffer.Allocate(sizeBytes);
    }

    /// <summary>Takes a buffer back.</summary>
    public void Return(NativeBuffer buffer)
    {
        lock (_gate)
        {
            if (!_isDisposed && _spares.Count < SpareCountMax)
            {
                _spares.Push(buffer);
                return;
            }
        }

        buffer.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            while (_spares.TryPop(out NativeBuffer? buffer))
            {
                buffer.Dispose();
            }
        }
    }
}
