using System.Globalization;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Cli;

/// <summary>What the pool holds, asked key by key.</summary>
/// <param name="ObjectCount">Objects that are there.</param>
/// <param name="ReplicaCount">Their replicas.</param>
/// <param name="StoredBytes">Bytes of segments that the replicas take: whole pages.</param>
internal readonly record struct SoakSurvey(long ObjectCount, long ReplicaCount, long StoredBytes)
{
    // A query of so many fits into every frame.
    private const int QueryCount = 256;

    /// <summary>Asks for every key that a soak uses.</summary>
    /// <returns><see cref="MmcStatus.Ok"/>, or why some could not be asked.</returns>
    public static MmcStatus Take(ObjectStore store, out SoakSurvey survey)
    {
        survey = default;
        var keys = new KeyBatch();
        var found = new ObjectDescription[QueryCount];
        Span<byte> room = stackalloc byte[32];
        IEnumerable<ulong> all = SoakWorkload.Blocks.Concat(SoakWorkload.LargeBlocks).Concat(SoakWorkload.Smalls);
        foreach (ulong[] ids in all.Chunk(QueryCount))
        {
            keys.Clear();
            foreach (ulong id in ids)
            {
                keys.Add(BlockClient.WriteKey(id, room));
            }

            store.Query(keys, found.AsSpan(0, ids.Length));
            foreach (ObjectDescription description in found.AsSpan(0, ids.Length))
            {
                if (description.Status is not (MmcStatus.Ok or MmcStatus.ObjectNotFound))
                {
                    return description.Status;
                }

                survey = survey.Add(description);
            }
        }

        return MmcStatus.Ok;
    }

    /// <summary>The line that travels.</summary>
    public string ToLine() =>
        string.Create(CultureInfo.InvariantCulture, $"{ObjectCount} {ReplicaCount} {StoredBytes}");

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    public static SoakSurvey Parse(string line)
    {
        long[] fields = [.. line.Split(' ').Select(field => long.Parse(field, CultureInfo.InvariantCulture))];
        return new SoakSurvey(fields[0], fields[1], fields[2]);
    }

    private SoakSurvey Add(ObjectDescription description)
    {
        if (description.Status != MmcStatus.Ok)
        {
            return this;
        }

        long pages = (description.SizeBytes + Limits.BlobAlignmentBytes - 1) & -Limits.BlobAlignmentBytes;
        int replicas = description.Ranks.Count;
        return new SoakSurvey(ObjectCount + 1, ReplicaCount + replicas, StoredBytes + replicas * pages);
    }
}
