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

    /// <summary>
    /// A pin and a time to live, -1 standing for what stays as it is. <see langword="false"/>: out of range.
    /// </summary>
    public static bool TryReadPriority(int pin, int ttlMs, out ObjectPin? newPin, out int? newTtlMs)
    {
        newPin = pin == Keep ? null : (ObjectPin)pin;
        newTtlMs = ttlMs == Keep ? null : ttlMs;
        return pin is >= Keep and <= (int)ObjectPin.Hard && ttlMs >= Keep;
    }

    // MMC_KEEP
    private const int Keep = -1;

    /// <summary>Replicas of a put. <see langword="false"/>: a number is out of its range.</summary>
    public static bool TryReadReplicas(NativeReplicas* replicas, out ReplicateOptions options)
    {
        options = default;
        if (replicas is null)
        {
            return true;
        }

        bool hasTerms = (replicas->ReplicaCount & NativePutTerms.Flag) != 0;
        uint replicaCount = replicas->ReplicaCount & ~NativePutTerms.Flag;
        // SAFETY: the caller's promise: then the replicas are the begin of larger terms.
        NativePutTerms* terms = hasTerms ? (NativePutTerms*)replicas : null;
        if (replicaCount is < 1 or > NativeLimits.ReplicaCount || replicas->PreferredCount > replicaCount
            || hasTerms && terms->Pin > (uint)ObjectPin.Hard)
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

        options = new ReplicateOptions((int)replicaCount, ranks[..(int)replicas->PreferredCount])
        {
            Pin = hasTerms ? (ObjectPin)terms->Pin : ObjectPin.None,
            // More than 24 days are 24 days.
            TtlMs = hasTerms ? (int)Math.Min(terms->TtlMs, int.MaxValue) : 0,
        };
        return options.IsValid;
    }
}
