using MemCache.Core;

namespace MemCache.Meta;

/// <summary>Working memory of one batch call: hashes, and the entries grouped by shard. Used by one thread at a time.</summary>
internal sealed class BatchScratch(int shardCount)
{
    private const ushort NoShard = ushort.MaxValue;

    private readonly int[] _ends = new int[shardCount + 1];
    private readonly int[] _order = new int[Limits.BatchCountMax];
    private readonly ushort[] _shards = new ushort[Limits.BatchCountMax];
    private readonly ulong[] _hashes = new ulong[Limits.BatchCountMax];
    private readonly int _shardShift = 64 - System.Numerics.BitOperations.Log2((uint)shardCount);

    /// <summary>Candidates of the keys of one shard, between two stages.</summary>
    public uint[] Records { get; } = new uint[Limits.BatchCountMax];

    /// <summary>Indexes of the entries of <paramref name="shard"/>, the last of the batch first.</summary>
    public ReadOnlySpan<int> Entries(int shard) => _order.AsSpan(_ends[shard].._ends[shard + 1]);

    /// <summary>Hash of key <paramref name="index"/>.</summary>
    public ulong Hash(int index) => _hashes[index];

    /// <summary>Shard of entry <paramref name="index"/>.</summary>
    public int Shard(int index) => _shards[index];

    /// <summary>Whether entry <paramref name="index"/> is legal and so in its shard's group.</summary>
    public bool IsValid(int index) => _shards[index] != NoShard;

    /// <summary>Hashes the keys and groups the legal ones by shard.</summary>
    public void Group(in KeySpans keys, KeyHash hash)
    {
        _ends.AsSpan().Clear();
        for (int i = 0; i < keys.Count; i++)
        {
            if (keys.TryGet(i, out ReadOnlySpan<byte> key))
            {
                ulong value = hash.Compute(key);
                _hashes[i] = value;
                // A shift by 64 is a shift by 0, so a single shard has to be asked for.
                Note(i, _shardShift == 64 ? 0 : (int)(value >> _shardShift));
            }
            else
            {
                _shards[i] = NoShard;
            }
        }

        Order(keys.Count);
    }

    /// <summary>Groups commits by the shard of their record; impossible shards are not legal.</summary>
    public void Group(ReadOnlySpan<CommitEntry> entries)
    {
        _ends.AsSpan().Clear();
        for (int i = 0; i < entries.Length; i++)
        {
            Note(i, RecordRef.Shard(entries[i].Ref));
        }

        Order(entries.Length);
    }

    /// <summary>Groups releases by the shard of their record; impossible shards are not legal.</summary>
    public void Group(ReadOnlySpan<LeaseRelease> releases)
    {
        _ends.AsSpan().Clear();
        for (int i = 0; i < releases.Length; i++)
        {
            Note(i, RecordRef.Shard(releases[i].Ref));
        }

        Order(releases.Length);
    }

    private void Note(int index, int shard)
    {
        bool valid = shard < _ends.Length - 1;
        _shards[index] = valid ? (ushort)shard : NoShard;
        if (valid)
        {
            _ends[shard]++;
        }
    }

    // Counting sort. Filled from the front with the entries from the back, so that each group is in descending order.
    private void Order(int count)
    {
        int sum = 0;
        for (int shard = 0; shard < _ends.Length; shard++)
        {
            int own = _ends[shard];
            _ends[shard] = sum;
            sum += own;
        }

        for (int i = count - 1; i >= 0; i--)
        {
            if (_shards[i] != NoShard)
            {
                _order[_ends[_shards[i]]++] = i;
            }
        }

        // Every begin has become the end of its group: move them up by one.
        for (int shard = _ends.Length - 1; shard > 0; shard--)
        {
            _ends[shard] = _ends[shard - 1];
        }

        _ends[0] = 0;
    }
}
