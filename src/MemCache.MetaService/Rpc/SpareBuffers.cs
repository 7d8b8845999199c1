using MemCache.Fabric;

namespace MemCache.MetaService;

/// <summary>
/// Buffers for connections with half a frame or half a reply, so that idle ones hold none. Belongs to one thread. Keeps a few small ones
/// and one large one; what is more is left to the collector.
/// </summary>
internal sealed class SpareBuffers
{
    private const int BufferBytesMin = 64 << 10;
    private const int LargeBytes = 1 << 20;
    private const int SmallCountMax = 8;

    private readonly Stack<FrameBuffer> _small = new(SmallCountMax);
    private FrameBuffer? _large;

    public FrameBuffer Rent(int sizeBytes)
    {
        FrameBuffer? buffer;
        if (sizeBytes > LargeBytes && _large is not null)
        {
            buffer = _large;
            _large = null;
        }
        else if (!_small.TryPop(out buffer))
        {
            buffer = new FrameBuffer(BufferBytesMin);
        }

        buffer.Require(sizeBytes);
        return buffer;
    }

    public void Return(FrameBuffer buffer)
    {
        if (buffer.SizeBytes > LargeBytes)
        {
            _large = buffer;
        }
        else if (_small.Count < SmallCountMax)
        {
            _small.Push(buffer);
        }
    }
}
