using System.Numerics;
using MemCache.Core;

namespace MemCache.Meta;

/// <summary>Working memory of one batch call: hashes, and the entries grouped by shard. Used by one thread at a time.</summary>
internal sealed class BatchScratch(int shardCount)
{
    private const ushort NoShard = ushort.MaxValue;

    private readonly int[] _ends = new int[shardCount + 1];
    private readonly int[] _order = new int[Limits.BatchCountMax];
    private readonly uint[] _tags = new uint[Limits.BatchCountMax];
    private readonly ushort[] _shards = new ushort[Limits.BatchCountMax];
    private readonly ulong[] _hashes = new ulong[Limits.BatchCountMax];

    // The shard is in the top bits of the hash.
    private readonly int _shardBits = BitOperations.Log2((uint)shardCount);
    private readonly int _shardMask = shardCount - 1;

    /// <summary>Candidates of the keys of one shard, between two stages.</summary>
    public uint[] Records { get; } = new uint[Limits.BatchCountMax];

    /// <summary>Indexes of the entries of <paramref name="shard"/>, the last of the batch first.</summary>
    public ReadOnlySpan<int> Entries(int shard) => _order.AsSpan(_ends[shard].._ends[shard + 1]);

    /// <summary>
    /// Tags of the keys of <paramref name="shard"/>, the low half of their hashes; shape of <see cref="Entries"/>.
    /// </summary>
    public ReadOnlySpan<uint> Tags(int shard) => _tags.AsSpan(_ends[shard].._ends[shard + 1]);

    /// <summary>Hash of key <paramref name="index"/>, which is legal.</summary>
    public ulong Hash(int index) => _hashes[index];

    /// <summary>Hashes of the first <paramref name="count"/> keys, which are all legal.</summary>
    public ReadOnlySpan<ulong> Hashes(int count) => _hashes.AsSpan(0, count);

    /// <summary>Whether all keys of the batch are legal.</summary>
    public bool IsLegal { get; private set; }

    /// <summary>Shard of entry <paramref name="index"/>.</summary>
    public int Shard(int index) => _shards[index];

    /// <summary>Whether entry <paramref name="index"/> is legal and so in its shard's group.</summary>
    public bool IsValid(int index) => _shards[index] != NoShard;

    /// <summary>Shard of a key with this hash: its top bits.</summary>
    public static int ShardOf(ulong hash, int shardCount) =>
        (int)BitOperations.RotateLeft(hash, BitOperations.Log2((uint)shardCount)) & (shardCount - 1);

    /// <summary>Hashes the keys and groups the legal ones by shard.</summary>
    /// <returns>Whether all are legal.</returns>
    public bool Group(in KeySpans keys, KeyHash hash)
    {
        Span<int> ends = _ends;
        ends.Clear();
        int shardBits = _shardBits;
        int shardMask = _shardMask;
        Span<ulong> hashes = _hashes.AsSpan(0, keys.Count);
        Span<ushort> shards = _shards.AsSpan(0, keys.Count);
        bool isLegal = true;
        for (int i = 0; i < hashes.Length; i++)
        {
            if (keys.TryGet(i, out ReadOnlySpan<byte> key))
            {
                ulong value = hash.Compute(key);
                hashes[i] = value;
                int shard = (int)BitOperations.RotateLeft(value, shardBits) & shardMask;
                shards[i] = (ushort)shard;
                ends[shard]++;
            }
            else
            {
                shards[i] = NoShard;
                isLegal = false;
            }
        }

        OrderKeys(hashes, shards);
        IsLegal = isLegal;
        return isLegal;
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

    // As Order, and the tags of the keys with them.
    private void OrderKeys(ReadOnlySpan<ulong> hashes, ReadOnlySpan<ushort> shards)
    {
        BeginOrder();
        Span<int> ends = _ends;
        Span<int> order = _order;
        Span<uint> tags = _tags;
        for (int i = shards.Length - 1; i >= 0; i--)
        {
            int shard = shards[i];
            if (shard != NoShard)
            {
                int place = ends[shard]++;
                order[place] = i;
                tags[place] = (uint)hashes[i];
            }
        }

        EndOrder();
    }

    // Counting sort. Filled from the front with the entries from the back, so that each group is in descending order.
    private void Order(int count)
    {
        BeginOrder();
        for (int i = count - 1; i >= 0; i--)
        {
            if (_shards[i] != NoShard)
            {
                _order[_ends[_shards[i]]++] = i;
            }
        }

        EndOrder();
    }

    // Counts become begins.
    private void BeginOrder()
    {
        int sum = 0;
        for (int shard = 0; shard < _ends.Length; shard++)
        {
            int own = _ends[shard];
            _ends[shard] = sum;
            sum += own;
        }
    }

    // Every begin has become the end of its group: move them up by one.
    private void EndOrder()
    {
        for (int shard = _ends.Length - 1; shard > 0; shard--)
        {
            _ends[shard] = _ends[shard - 1];
        }

        _ends[0] = 0;
    }
}
