using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <summary>
/// What a batch call needs to hand its arguments on. Rented for the length of a call, so that warm calls allocate
/// nothing.
/// </summary>
internal sealed class CallScratch
{
    // As many calls as have a connection; further ones make their own.
    private const int PoolCount = Limits.ConnectionCountMaxPerClient;

    private static readonly Lock Renting = new();
    private static readonly Stack<CallScratch> Idle = new(PoolCount); // guarded by Renting

    private ObjectDescription[] _descriptions = [];
    private MmcStatus[] _statuses = [];

    private CallScratch()
    {
    }

    public KeyBatch Keys { get; } = new();

    public BufferBatch Buffers { get; } = new();

    /// <summary>Room for <paramref name="count"/> descriptions.</summary>
    public Span<ObjectDescription> Descriptions(int count)
    {
        if (_descriptions.Length < count)
        {
            _descriptions = new ObjectDescription[count];
        }

        return _descriptions.AsSpan(0, count);
    }

    /// <summary>Room for the statuses of <paramref name="count"/> entries, where the caller has none.</summary>
    public Span<MmcStatus> Statuses(int count)
    {
        if (_statuses.Length < count)
        {
            _statuses = new MmcStatus[count];
        }

        return _statuses.AsSpan(0, count);
    }

    public static CallScratch Rent()
    {
        lock (Renting)
        {
            return Idle.Count > 0 ? Idle.Pop() : new CallScratch();
        }
    }

    public void Return()
    {
        Keys.Clear();
        Buffers.Clear();
        lock (Renting)
        {
            if (Idle.Count < PoolCount)
            {
                Idle.Push(this);
            }
        }
    }
}
