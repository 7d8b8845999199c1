using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <summary>
/// Reads the arguments of C callers. Pointers that are not null are the caller's promise: they are valid for as many
/// entries as the call's count says.
/// </summary>
internal static unsafe class CallArguments
{
    /// <summary>A key's bytes; those of an illegal one are empty or too long, which fails that entry.</summary>
    public static ReadOnlySpan<byte> Key(in NativeKey key) =>
        // SAFETY: the caller's promise; what is too long is cut one byte behind the limit.
        key.Data is null ? default : new ReadOnlySpan<byte>(key.Data, (int)Math.Min(key.Size, Limits.KeyBytesMax + 1));

    /// <summary>Adds all keys of a batch.</summary>
    public static void AddKeys(KeyBatch batch, NativeKey* keys, int count)
    {
        for (int i = 0; i < count; i++)
        {
            batch.Add(Key(keys[i]));
        }
    }

    /// <summary>
    /// Adds all buffers of a batch; an entry with an illegal number of them is illegal, its neighbours are not.
    /// </summary>
    public static void AddBuffers(BufferBatch batch, NativeBuffers* buffers, int count)
    {
        nuint row = 0;
        for (int i = 0; i < count; i++)
        {
            uint layerCount = buffers->LayerCounts is null ? 1 : buffers->LayerCounts[i];
            for (nuint layer = 0; layer < layerCount && layerCount <= Limits.LayerCountMax; layer++)
            {
                batch.Add((nuint)buffers->Addresses[row + layer], (long)buffers->Sizes[row + layer]);
            }

            batch.EndObject();
            row += layerCount;
        }
    }

    /// <summary>Replicas of a put. <see langword="false"/>: a number is out of its range.</summary>
    public static bool TryReadReplicas(NativeReplicas* replicas, out ReplicateOptions options)
    {
        options = default;
        if (replicas is null)
        {
            return true;
        }

        if (replicas->ReplicaCount is < 1 or > NativeLimits.ReplicaCount
            || replicas->PreferredCount > replicas->ReplicaCount)
        {
            return false;
        }

        Span<RankId> ranks = stackalloc RankId[NativeLimits.ReplicaCount];
        for (int i = 0; i < replicas->PreferredCount; i++)
        {
            if (replicas->Preferred[i] is < 0 or >= Limits.RankCountMax)
            {
                return false;
            }

            ranks[i] = new RankId((ushort)replicas->Preferred[i]);
        }

        options = new ReplicateOptions((int)replicas->ReplicaCount, ranks[..(int)replicas->PreferredCount]);
        return options.IsValid;
    }
}
