namespace MemCache.Core;

/// <summary>
/// A batch of keys as it lies in a frame: the end offset of every key, then all key bytes without gaps. A view; it owns nothing and
/// checks nothing until <see cref="TryGet"/>.
/// </summary>
/// <param name="ends">Shape [n]: offset in <paramref name="bytes"/> behind key i.</param>
/// <param name="bytes">All keys, one behind the other.</param>
public readonly ref struct KeySpans(ReadOnlySpan<int> ends, ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<int> _ends = ends;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Number of keys.</summary>
    public int Count => _ends.Length;

    /// <summary>End offsets, shape [n].</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>All key bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Key <paramref name="index"/>, which <see cref="TryGet"/> has found to be legal.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            int begin = index == 0 ? 0 : _ends[index - 1];
            return _bytes[begin.._ends[index]];
        }
    }

    /// <summary>Key <paramref name="index"/>.</summary>
    /// <returns>
    /// <see langword="false"/> if the length lies outside <see cref="Limits.KeyBytesMin"/> .. <see cref="Limits.KeyBytesMax"/> or the ends
    /// are out of order: that key is invalid, its neighbours are not affected.
    /// </returns>
    public bool TryGet(int index, out ReadOnlySpan<byte> key)
    {
        int begin = index == 0 ? 0 : _ends[index - 1];
        int end = _ends[index];
        long length = (long)end - begin;
        if (begin < 0 || end > _bytes.Length || length is < Limits.KeyBytesMin or > Limits.KeyBytesMax)
        {
            key = default;
            return false;
        }

        key = _bytes.Slice(begin, (int)length);
        return true;
    }
}
