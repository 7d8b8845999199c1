namespace MemCache.Interop;

/// <summary>
/// A few sockets that one thread waits for at once, listed anew for each wait: for a caller that has several
/// connections under way and no thread of its own. Not thread-safe; warm use allocates nothing.
/// </summary>
public sealed class PollSet
{
    private SocketCalls.PollEntry[] _entries = new SocketCalls.PollEntry[8];
    private SocketHandle?[] _sockets = new SocketHandle?[8];

    /// <summary>Sockets listed.</summary>
    public int Count { get; private set; }

    /// <summary>Lists a socket until <see cref="Clear"/>; it stays open as long.</summary>
    /// <param name="socket">Which.</param>
    /// <param name="wanted">What to wait for.</param>
    /// <returns>Its index, 0-based.</returns>
    public int Add(SocketHandle socket, SocketReadiness wanted)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * Count);
            Array.Resize(ref _sockets, 2 * Count);
        }

        bool added = false;
        socket.DangerousAddRef(ref added);
        _sockets[Count] = socket;
        _entries[Count] = new SocketCalls.PollEntry
        {
            Descriptor = (int)socket.DangerousGetHandle(),
            Events = (short)wanted,
        };
        return Count++;
    }

    /// <summary>Waits until something happens at one of them, or the time is over.</summary>
    /// <param name="timeoutMs">0 or more.</param>
    /// <returns>How many sockets something happened at; not ready after a signal.</returns>
    public unsafe IoResult Wait(int timeoutMs)
    {
        // SAFETY: pinned for the call, and no more entries than there are.
        fixed (SocketCalls.PollEntry* entries = _entries)
        {
            int count = SocketCalls.Poll(entries, (nuint)Count, timeoutMs);
            return count >= 0 ? IoResult.Done(count) : SocketHandle.LastError();
        }
    }

    /// <summary>What the last wait found at a socket.</summary>
    public SocketReadiness ReadinessAt(int index) => (SocketReadiness)_entries[index].Returned;

    /// <summary>Empties the list.</summary>
    public void Clear()
    {
        for (int i = 0; i < Count; i++)
        {
            _sockets[i]!.DangerousRelease();
            _sockets[i] = null;
        }

        Count = 0;
    }
}
