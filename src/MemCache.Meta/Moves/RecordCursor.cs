namespace MemCache.Meta;

/// <summary>
/// A walk over the records of a shard in bounded steps. Records that are added meanwhile may be met or not.
/// </summary>
internal struct RecordCursor
{
    private int _chunkIndex;
    private int _granule;
    private Chunk? _chunk;

    /// <summary>
    /// The next record in use, after a look at up to <paramref name="countMax"/> cells, which is lowered by those.
    /// </summary>
    /// <returns>
    /// <see langword="false"/>: the bound was reached, or the end (then something of the bound is left).
    /// </returns>
    public bool TryNext(Slab slab, ref int countMax, out uint record)
    {
        while (countMax > 0 && _chunkIndex < slab.ChunkCount)
        {
            Chunk? chunk = slab.ChunkAt(_chunkIndex);
            if (chunk is null || chunk.CellGranules is < RecordHeader.GranulesMin or > RecordHeader.GranulesMax)
            {
                _chunkIndex++;
                continue;
            }

            if (chunk != _chunk)
            {
                _chunk = chunk;
                _granule = Chunk.AlignmentBytes / Slab.GranuleBytes;
            }

            if (_granule + chunk.CellGranules > chunk.NextGranule)
            {
                _chunkIndex++;
                continue;
            }

            record = slab.CellAt(_chunkIndex, _granule);
            _granule += chunk.CellGranules;
            countMax--;
            if (slab.Ref<RecordHeader>(record).State != RecordState.Free)
            {
                return true;
            }
        }

        record = 0;
        return false;
    }
}
