namespace MemCache.Meta;

/// <summary>
/// What calls have noted for a policy that has not been told yet: one buffer, in the order of the notes, so that the
/// policy hears everything in the order in which it happened. Notes of requests are dropped when there are too many;
/// those of objects that come and go never are. Thread-safe by a lock of its own, the last of all: what happens to an
/// object is noted under its shard's lock.
/// </summary>
internal sealed class ReuseFeed
{
    private const int KindShift = 32;
    private const int WordCountBegin = 1024;

    private readonly Lock _lock = new();
    private ulong[] _words = new ulong[WordCountBegin];
    private int _count;
    private int _changeCount;
    private long _allowance = MetaLimits.NotedKeyCountMax;
    private long _dropped;

    /// <summary>Changes noted and not yet taken. May be read under the lock of a shard: its own are seen.</summary>
    public int ChangeCount => Volatile.Read(ref _changeCount);

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Requests that were dropped.</summary>
    public long DroppedCount => Interlocked.Read(ref _dropped);

    /// <summary>Notes a request, unless too many keys were noted of late.</summary>
    public void Note(NoteKind kind, ReadOnlySpan<ulong> keys)
    {
        lock (_lock)
        {
            if (_allowance < keys.Length)
            {
                _dropped++;
                return;
            }

            _allowance -= keys.Length;
            Add(kind, keys);
        }
    }

    /// <summary>Notes that an object came or went. Under its shard's lock.</summary>
    public void Note(NoteKind kind, ulong key)
    {
        lock (_lock)
        {
            Add(kind, [key]);
            Volatile.Write(ref _changeCount, _changeCount + 1);
        }
    }

    /// <summary>So many keys of requests may be noted more, up to a limit.</summary>
    public void Allow(long keyCount)
    {
        lock (_lock)
        {
            _allowance = Math.Min(_allowance + keyCount, MetaLimits.NotedKeyCountMax);
        }
    }

    /// <summary>Takes everything.</summary>
    /// <param name="words">An empty buffer for what comes next; all notes when it returns.</param>
    /// <returns>Words in it.</returns>
    public int Take(ref ulong[] words)
    {
        lock (_lock)
        {
            (_words, words) = (words, _words);
            int count = _count;
            Volatile.Write(ref _count, 0);
            Volatile.Write(ref _changeCount, 0);
            return count;
        }
    }

    /// <summary>The note that begins with this word; its keys follow.</summary>
    public static (NoteKind Kind, int KeyCount) Read(ulong word) => ((NoteKind)(word >> KindShift), (int)(uint)word);

    private void Add(NoteKind kind, ReadOnlySpan<ulong> keys)
    {
        int end = _count + 1 + keys.Length;
        if (end > _words.Length)
        {
            Array.Resize(ref _words, Math.Max(end, 2 * _words.Length));
        }

        _words[_count] = (ulong)kind << KindShift | (uint)keys.Length;
        keys.CopyTo(_words.AsSpan(_count + 1));
        Volatile.Write(ref _count, end);
    }
}
