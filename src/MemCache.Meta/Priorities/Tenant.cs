namespace MemCache.Meta;

/// <summary>What the objects whose keys begin with one prefix take together. Thread-safe, without a lock.</summary>
internal sealed class Tenant(int number, byte[] prefix, long quotaBytes)
{
    private long _usedPages;
    private long _refusalCount;
    private int _shardLast;

    /// <summary>Its number, 1 or more: what records say.</summary>
    public int Number { get; } = number;

    /// <summary>What its keys begin with.</summary>
    public ReadOnlySpan<byte> Prefix => prefix;

    /// <summary>Pages that it may use.</summary>
    public long QuotaPages { get; } = quotaBytes >> Core.Limits.BlobAlignmentShift;

    /// <summary>Pages of its objects and reservations, all replicas.</summary>
    public long UsedPages => Interlocked.Read(ref _usedPages);

    /// <summary>Reserves refused because of the quota.</summary>
    public long RefusalCount => Interlocked.Read(ref _refusalCount);

    /// <summary>Takes pages if the quota has room for them.</summary>
    public bool TryCharge(long pages)
    {
        if (Interlocked.Add(ref _usedPages, pages) <= QuotaPages)
        {
            return true;
        }

        Charge(-pages);
        return false;
    }

    /// <summary>Takes pages, whatever the quota says, or gives them back.</summary>
    public void Charge(long pages) => Interlocked.Add(ref _usedPages, pages);

    /// <summary>A reserve was refused.</summary>
    public void NoteRefusal() => Interlocked.Increment(ref _refusalCount);

    /// <summary>The shard that gives up the next object: each in turn.</summary>
    public int NextShard(int shardCount) => (Interlocked.Increment(ref _shardLast) & int.MaxValue) % shardCount;
}
