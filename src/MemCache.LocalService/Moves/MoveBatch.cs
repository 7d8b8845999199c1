using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// Replicas that a mover has taken, copied out of the answer: its buffer is needed for the next request. One thread at
/// a time.
/// </summary>
internal sealed class MoveBatch
{
    private readonly MoveEntry[] _moves = new MoveEntry[WireLimits.MoveCountMax];
    private readonly ReplicaLocation[] _sources = new ReplicaLocation[WireLimits.MoveCountMax * Limits.ReplicaCountMax];
    private readonly CommitEntry[] _results = new CommitEntry[WireLimits.MoveCountMax];
    private readonly KeyBatch _keys = new();

    /// <summary>Replicas to make.</summary>
    public int Count { get; private set; }

    /// <summary>What became of them; shape [<see cref="Count"/>].</summary>
    public Span<CommitEntry> Results => _results.AsSpan(0, Count);

    /// <summary>Takes an answer over. Until it is known otherwise, every entry is given up.</summary>
    public void Fill(in MovesReply reply)
    {
        Count = reply.Moves.Length;
        reply.Moves.CopyTo(_moves);
        reply.Sources.CopyTo(_sources);
        _keys.Clear();
        for (int i = 0; i < Count; i++)
        {
            _keys.Add(reply.Keys[i]);
            ref readonly MoveEntry move = ref _moves[i];
            _results[i] = new CommitEntry { Ref = move.Reservation, Generation = move.Destination.Generation };
        }
    }

    /// <summary>Entry <paramref name="index"/>.</summary>
    public ref readonly MoveEntry Move(int index) => ref _moves[index];

    /// <summary>Key of its object.</summary>
    public ReadOnlySpan<byte> Key(int index) => _keys.Spans[index];

    /// <summary>Replicas to read it from.</summary>
    public ReadOnlySpan<ReplicaLocation> Sources(int index) =>
        _sources.AsSpan((int)_moves[index].FirstSourceIndex, _moves[index].SourceCount);
}
