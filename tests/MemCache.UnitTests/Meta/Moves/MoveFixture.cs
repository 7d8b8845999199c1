using System.Text;
using MemCache.Core;
using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta.Moves;

/// <summary>An engine with ranks of which each has a segment and a session, and one-line calls of movers.</summary>
internal sealed class MoveFixture
{
    private readonly MoveEntry[] _moves = new MoveEntry[64];
    private readonly ReplicaLocation[] _sources = new ReplicaLocation[64 * Limits.ReplicaCountMax];
    private readonly int[] _keyEnds = new int[64];
    private readonly byte[] _keys = new byte[64 * Limits.KeyBytesMax];

    public MoveFixture(int rankCount = 3, long megabytes = 4)
    {
        Segments = new SegmentId[rankCount];
        Sessions = new SessionId[rankCount];
        for (int rank = 0; rank < rankCount; rank++)
        {
            Segments[rank] = F.Mount(rank, megabytes);
            Sessions[rank] = F.Open((uint)rank + 1, rank);
        }
    }

    public EngineFixture F { get; } = new(leaseMs: 1000);

    public MetaEngine Engine => F.Engine;

    public SegmentId[] Segments { get; }

    public SessionId[] Sessions { get; }

    /// <summary>What the last <see cref="Take"/> handed out, with keys and sources.</summary>
    public List<(MoveEntry Entry, string Key, ReplicaLocation[] Sources)> Taken { get; } = [];

    public void Drain(int rank, DrainPolicy policy = DrainPolicy.Move)
    {
        Assert.Equal(MmcStatus.Ok, Engine.SetDraining(Segments[rank], policy));
        Scan();
    }

    /// <summary>Lets time for a scan pass and scans.</summary>
    public void Scan()
    {
        F.Now += 1000;
        for (int i = 0; i < 64; i++)
        {
            Engine.Tick(F.Now);
        }
    }

    public int Take(int rank, int countMax = 64, long bytesMax = long.MaxValue, long repairBytesMax = long.MaxValue)
    {
        Taken.Clear();
        MovesTaken taken = Engine.TakeMoves(
            Sessions[rank], Segments[rank], new MoveRequest(countMax, bytesMax, repairBytesMax), F.Now, _moves, _sources, _keyEnds, _keys);
        for (int i = 0; i < taken.Count; i++)
        {
            int begin = i == 0 ? 0 : _keyEnds[i - 1];
            Taken.Add((
                _moves[i], Encoding.UTF8.GetString(_keys, begin, _keyEnds[i] - begin),
                _sources.AsSpan((int)_moves[i].FirstSourceIndex, _moves[i].SourceCount).ToArray()));
        }

        return taken.Count;
    }

    public MmcStatus Finish(int rank, in MoveEntry move, uint publish = 1)
    {
        MmcStatus[] statuses = new MmcStatus[1];
        CommitEntry entry = new() { Ref = move.Reservation, Generation = move.Destination.Generation, Publish = publish };
        Engine.FinishMoves(Sessions[rank], [entry], F.Now, statuses);
        return statuses[0];
    }

    /// <summary>Takes and finishes until there is nothing more for this rank.</summary>
    public int MoveAll(int rank)
    {
        int count = 0;
        while (Take(rank) > 0)
        {
            foreach ((MoveEntry entry, _, _) in Taken)
            {
                Assert.Equal(MmcStatus.Ok, Finish(rank, entry));
                count++;
            }
        }

        return count;
    }

    public void Put(int rank, string key, long size = 4096, int replicas = 1) =>
        Assert.Equal(MmcStatus.Ok, F.Put(Sessions[rank], key, size, new ReplicateOptions(replicas)));

    public int[] RanksOf(string key)
    {
        Assert.Equal(MmcStatus.Ok, F.Lookup(key, out _, out ReplicaLocation[] replicas, leaseMs: -1));
        return [.. replicas.Select(replica => Array.IndexOf(Segments, replica.Segment)).Order()];
    }

    public DrainProgress Progress(int rank)
    {
        Assert.True(Engine.TryReadDrain(Segments[rank], out DrainProgress progress));
        return progress;
    }
}
