namespace MemCache.Fabric;

/// <summary>
/// A byte array that grows to what a large batch needs and shrinks when only small ones come for a while. Warm use allocates nothing.
/// Not thread-safe.
/// </summary>
public sealed class FrameBuffer(int sizeBytesMin)
{
    // Small uses in a row after which a large buffer is given back: rare enough that a mix of sizes does not allocate all the time.
    private const int SmallUseCountMax = 1024;

    private byte[] _bytes = new byte[sizeBytesMin];
    private int _smallUseCount;

    /// <summary>The whole buffer.</summary>
    public Span<byte> Span => _bytes;

    /// <summary>The whole buffer, for asynchronous writers.</summary>
    public Memory<byte> Memory => _bytes;

    /// <summary>Its size in bytes.</summary>
    public int SizeBytes => _bytes.Length;

    /// <summary>Makes room for <paramref name="sizeBytes"/>; what is in the first <paramref name="keptBytes"/> stays.</summary>
    public void Require(int sizeBytes, int keptBytes = 0)
    {
        if (sizeBytes > _bytes.Length)
        {
            Resize(Math.Max(sizeBytes, 2 * _bytes.Length), keptBytes);
        }
        else if (sizeBytes > _bytes.Length / 4 || _bytes.Length == sizeBytesMin)
        {
            _smallUseCount = 0;
        }
        else if (++_smallUseCount > SmallUseCountMax)
        {
            Resize(Math.Max(sizeBytesMin, _bytes.Length / 4), keptBytes);
        }
    }

    private void Resize(int sizeBytes, int keptBytes)
    {
        byte[] bytes = new byte[sizeBytes];
        _bytes.AsSpan(0, keptBytes).CopyTo(bytes);
        _bytes = bytes;
        _smallUseCount = 0;
    }
}
