using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <content>Arguments in, results out.</content>
internal static unsafe partial class ClassicCalls
{
    // The bits of a put's flags that hold its pin.
    private const uint PinMask = 3;

    private delegate MmcStatus KeysCall(ObjectStore store, KeyBatch keys, Span<MmcStatus> statuses);

    private static int KeysOnly(byte** keys, uint count, int* results, KeysCall call)
    {
        if (!TryBegin(keys, count, keys, results, out ObjectStore? store, out int refusal))
        {
            return refusal;
        }

        CallScratch scratch = CallScratch.Rent();
        try
        {
            AddKeys(scratch.Keys, keys, count);
            Span<MmcStatus> statuses = new((MmcStatus*)results, (int)count);
            return Finish(call(store!, scratch.Keys, statuses), statuses);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <summary>Finds the store and checks the arrays; on failure everything is written that can be.</summary>
    private static bool TryBegin(
        byte** keys, uint count, void* items, int* results, out ObjectStore? store, out int refusal)
    {
        store = null;
        if (count is 0 or > Limits.BatchCountMax || results is null)
        {
            refusal = CallErrors.Report(
                MmcStatus.InvalidParameter, "a batch has 1 .. 16384 entries and room for their results");
            return false;
        }

        ObjectStore? found = DefaultStore.Current;
        MmcStatus status = found is null ? MmcStatus.ClientNotInitialised
            : keys is null || items is null ? MmcStatus.InvalidParameter : MmcStatus.Ok;
        // Should the call end in an exception, its entries do not look like done.
        refusal = Refuse(status == MmcStatus.Ok ? MmcStatus.Internal : status, results, count);
        store = status == MmcStatus.Ok ? found : null;
        return store is not null;
    }

    private static int Refuse(MmcStatus status, int* results, uint count)
    {
        new Span<int>(results, (int)count).Fill((int)status);
        return CallErrors.Report(status);
    }

    private static void AddKeys(KeyBatch batch, byte** keys, uint count)
    {
        for (uint i = 0; i < count; i++)
        {
            batch.Add(Key(keys[i]));
        }
    }

    // SAFETY: a C string of the caller's; what is longer than a key may be is read one byte further and no more.
    private static ReadOnlySpan<byte> Key(byte* text)
    {
        int length = 0;
        while (text is not null && length <= Limits.KeyBytesMax && text[length] != 0)
        {
            length++;
        }

        return new ReadOnlySpan<byte>(text, length);
    }

    private static void AddBuffers(BufferBatch batch, ClassicBuffer* buffers, uint count)
    {
        for (uint i = 0; i < count; i++)
        {
            ClassicBuffer buffer = buffers[i];
            bool isLegal = buffer.Address != 0 && buffer.Address + buffer.Offset >= buffer.Address;
            batch.AddObject(isLegal ? (nuint)(buffer.Address + buffer.Offset) : 0, (long)buffer.Length);
        }
    }

    private static bool TryReadOptions(in ClassicPutOptions source, uint flags, out ReplicateOptions options)
    {
        int replicaCount = Math.Max(source.ReplicaCount, (ushort)1);
        Span<RankId> ranks = stackalloc RankId[NativeLimits.ReplicaCount];
        int preferredCount = 0;
        for (int i = 0; i < Math.Min(replicaCount, NativeLimits.ReplicaCount); i++)
        {
            if (source.Preferred[i] >= Limits.RankCountMax)
            {
                options = default;
                return false;
            }

            if (source.Preferred[i] >= 0)
            {
                ranks[preferredCount++] = new RankId((ushort)source.Preferred[i]);
            }
        }

        options = new ReplicateOptions(replicaCount, ranks[..preferredCount]) { Pin = (ObjectPin)(flags & PinMask) };
        return options.IsValid;
    }

    private static int Finish(MmcStatus first, Span<MmcStatus> results)
    {
        MemoryMarshal.Cast<MmcStatus, int>(results).Replace((int)MmcStatus.ObjectNotFound, (int)MmcStatus.KeyNotFound);
        return StoreCalls.Finish(first, results);
    }

    // That an object is absent is an answer here, not a failure with a text.
    private static int Absent(MmcStatus status) =>
        status == MmcStatus.KeyNotFound ? (int)status : CallErrors.Report(status);

    private static void Write(ObjectDescription description, ClassicDataInfo* info)
    {
        *info = default;
        info->Size = (ulong)description.SizeBytes;
        info->IsValid = description.Status == MmcStatus.Ok ? (byte)1 : (byte)0;
        info->BlobCount = (byte)Math.Min(description.Ranks.Count, NativeLimits.ReplicaCount);
        for (int r = 0; r < info->BlobCount; r++)
        {
            info->Ranks[r] = description.Ranks[r].Value;
            info->Types[r] = (ushort)description.Media[r];
        }
    }
}
