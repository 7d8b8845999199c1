namespace MemCache.Meta;

/// <content>A walk over the objects for people and their tools, in short holds of the lock.</content>
internal sealed partial class Shard<TPolicy>
{
    /// <summary>
    /// Lists objects from a place on, after a look at a bounded number of records. Records never move, so whoever was there from the begin
    /// to the end of the walk is met once; what came or went meanwhile may be met or not.
    /// </summary>
    /// <returns>Where to go on; the next shard's begin when this one is done.</returns>
    public ObjectCursor List(
        in ObjectCursor from, ListFilter filter, ReadOnlySpan<byte> prefix, int countMax, long nowMs, ObjectListing listing)
    {
        lock (_lock)
        {
            int left = MetaLimits.RecordCountMaxPerHold;
            // Any numbers may come from outside.
            int granule = Math.Max(from.Granule, 0);
            int index = Math.Max(from.Chunk, 0);
            for (; index < _slab.ChunkCount && left > 0; index++, granule = 0, left--)
            {
                if (_slab.ChunkAt(index) is not { CellGranules: >= RecordHeader.GranulesMin and <= RecordHeader.GranulesMax } chunk)
                {
                    continue;
                }

                // The chunk may have been cut into cells of another size since the place was noted.
                for (granule = CellFrom(granule, chunk.CellGranules);
                    granule <= chunk.NextGranule - chunk.CellGranules;
                    granule += chunk.CellGranules)
                {
                    if (left <= 0 || listing.Objects.Count >= countMax)
                    {
                        return new ObjectCursor(Number, index, granule);
                    }

                    left--;
                    listing.LookCount++;
                    List(_slab.CellAt(index, granule), filter, prefix, nowMs, listing);
                }
            }

            return index < _slab.ChunkCount ? new ObjectCursor(Number, index, 0) : new ObjectCursor(Number + 1, 0, 0);
        }
    }

    private static int CellFrom(int granule, int cellGranules)
    {
        const int First = Chunk.AlignmentBytes / Slab.GranuleBytes;
        long cells = Math.Max(0, ((long)granule - First + cellGranules - 1) / cellGranules);
        return (int)Math.Min(First + cells * cellGranules, int.MaxValue);
    }

    private void List(uint record, ListFilter filter, ReadOnlySpan<byte> prefix, long nowMs, ObjectListing listing)
    {
        ref RecordHeader header = ref Header(record);
        bool isWanted = header.State == RecordState.Readable
            ? filter == ListFilter.Readable || IsHeld(record, nowMs)
            : header.State == RecordState.Removing && filter == ListFilter.Held && IsHeld(record, nowMs);
        if (!isWanted || !Key(record).StartsWith(prefix) || _segments.HasDead && !IsLiving(record)
            || HasExpired(record, nowMs))
        {
            return;
        }

        bool isRead = ReadLease.IsHeld(header.Lease, nowMs);
        int firstLease = listing.Leases.Count;
        if (ReadLease.IsKept(header.Lease))
        {
            _keyLeases.List(record, nowMs, listing);
        }

        listing.Add(Key(record), new ListedObject
        {
            SizeBytes = header.SizeBytes,
            Medium = header.Medium,
            ReplicaCount = LivingReplicaCount(record),
            IsRemoving = header.State == RecordState.Removing,
            ReaderCount = isRead ? ReadLease.ReaderCount(header.Lease) : 0,
            ReadersEndMs = isRead ? ReadLease.ExpiryOf(header.Lease) : 0,
            FirstLease = firstLease,
            LeaseCount = listing.Leases.Count - firstLease,
        });
    }
}
