namespace MemCache.Meta;

internal sealed partial class Shard<TPolicy>
{
    private int _sweepChunkIndex;
    private int _sweepGranule;
    private Chunk? _sweepChunk;

    /// <summary>Starts a sweep from the first record.</summary>
    public void BeginSweep()
    {
        lock (_lock)
        {
            _sweepChunkIndex = 0;
            _sweepChunk = null;
        }
    }

    /// <summary>
    /// Looks at up to <paramref name="countMax"/> records and takes replicas in dropped segments off them. Records that were added since a
    /// segment was dropped do not refer to it, so one pass over the chunks finds all.
    /// </summary>
    /// <returns>Records left of <paramref name="countMax"/>: more than 0 when this shard is done.</returns>
    public int Sweep(int countMax)
    {
        lock (_lock)
        {
            while (countMax > 0 && _sweepChunkIndex < _slab.ChunkCount)
            {
                Chunk? chunk = _slab.ChunkAt(_sweepChunkIndex);
                if (chunk is null || chunk.CellGranules is < RecordHeader.GranulesMin or > RecordHeader.GranulesMax)
                {
                    NextChunk();
                    continue;
                }

                if (chunk != _sweepChunk)
                {
                    _sweepChunk = chunk;
                    _sweepGranule = Chunk.AlignmentBytes / Slab.GranuleBytes;
                }

                countMax = SweepChunk(chunk, countMax);
            }

            return _sweepChunkIndex < _slab.ChunkCount ? 0 : Math.Max(countMax, 1);
        }
    }

    private void NextChunk()
    {
        _sweepChunkIndex++;
        _sweepChunk = null;
    }

    private int SweepChunk(Chunk chunk, int countMax)
    {
        int step = chunk.CellGranules;
        // Freeing its last record can take the chunk away, so it is asked for each time.
        while (countMax > 0 && _slab.ChunkAt(_sweepChunkIndex) == chunk && _sweepGranule + step <= chunk.NextGranule)
        {
            uint record = _slab.CellAt(_sweepChunkIndex, _sweepGranule);
            _sweepGranule += step;
            countMax--;
            if (Header(record).State != RecordState.Free)
            {
                SweepRecord(record);
            }
        }

        if (countMax > 0)
        {
            NextChunk();
        }

        return countMax;
    }

    private void SweepRecord(uint record)
    {
        ref RecordHeader header = ref Header(record);
        int living = 0;
        foreach (ref ReplicaEntry replica in Replicas(record, header.ReplicaCount))
        {
            if (replica.Segment != ReplicaEntry.NoSegment && _segments.Living(replica.Segment) is null)
            {
                replica.Segment = ReplicaEntry.NoSegment;
            }

            living += replica.Segment == ReplicaEntry.NoSegment ? 0 : 1;
        }

        if (living != 0)
        {
            return;
        }

        switch (header.State)
        {
            case RecordState.Readable:
                _stats.ObjectsLost++;
                RemoveReadable(record, Tag(record));
                break;
            case RecordState.Removing:
                _removing.Remove(_slab, record);
                FreeRecord(record);
                break;
            case RecordState.Orphan:
                FreeOrphanIfResolved(record);
                break;
            default:
                // Reserved: it stays its session's until that commits, drops it or ends.
                break;
        }
    }
}
