using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <summary>
/// The calls of <c>mmc_store.h</c>: arguments are read, handed on to <see cref="ObjectStore"/>, and its answer is
/// written back.
/// </summary>
internal static unsafe partial class StoreCalls
{
    /// <summary>Opens a store; see <c>mmc_store_open</c>.</summary>
    public static int Open(byte* config, int deviceId, bool contributes, ulong* handle)
    {
        MmcStatus status = StoreOpening.Read(config, out LocalServiceOptions options, out string error);
        return Open(status, options, error, deviceId, contributes, handle);
    }

    /// <summary>Opens a store as a <c>local_config</c> says.</summary>
    public static int OpenWith(byte* config, int deviceId, bool contributes, ulong* handle)
    {
        MmcStatus status = StoreOpening.ReadStruct(config, out LocalServiceOptions options, out string error);
        return Open(status, options, error, deviceId, contributes, handle);
    }

    /// <summary>Closes a store; see <c>mmc_store_close</c>.</summary>
    public static int Close(ulong handle)
    {
        ObjectStore? store = StoreTable.Remove(handle, out bool existed);
        store?.Dispose();
        return existed ? (int)MmcStatus.Ok : CallErrors.Report(MmcStatus.NotInitialised);
    }

    /// <summary>This process's rank, or -1.</summary>
    public static int ReadRank(ulong handle, int* rank)
    {
        if (rank is null)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter);
        }

        *rank = -1;
        if (StoreTable.Find(handle) is not ObjectStore store)
        {
            return CallErrors.Report(MmcStatus.NotInitialised);
        }

        RankId own = store.Rank;
        *rank = own == RankId.None ? -1 : own.Value;
        return (int)MmcStatus.Ok;
    }

    /// <summary>Checks a range of memory; host memory needs no more.</summary>
    public static int CheckRange(ulong handle, ulong address, ulong sizeBytes)
    {
        if (StoreTable.Find(handle) is null)
        {
            return CallErrors.Report(MmcStatus.NotInitialised);
        }

        bool isLegal = address != 0 && sizeBytes != 0 && address + sizeBytes >= address;
        return CallErrors.Report(isLegal ? MmcStatus.Ok : MmcStatus.InvalidParameter);
    }

    /// <summary>Whether a call that came back so failed as a whole; other statuses are those of entries.</summary>
    public static bool IsOfWholeCall(MmcStatus status) => status
        is MmcStatus.NotConnectedToMeta or MmcStatus.Timeout or MmcStatus.NotInitialised or MmcStatus.NotStarted
        or MmcStatus.UnexpectedResult or MmcStatus.ProtocolMismatch or MmcStatus.MalformedFrame or MmcStatus.EpochTooOld
        or MmcStatus.NoRequestHandler or MmcStatus.Internal;

    private static int Open(
        MmcStatus status, LocalServiceOptions options, string error, int deviceId, bool contributes, ulong* handle)
    {
        if (handle is null)
        {
            return CallErrors.Report(MmcStatus.InvalidParameter, "the pointer for the store is NULL");
        }

        *handle = 0;
        if (status == MmcStatus.Ok)
        {
            status = StoreOpening.Open(options, deviceId, contributes, out *handle, out error);
        }

        return CallErrors.Report(status, error);
    }

    /// <summary>
    /// Finds the store of a batch and checks its arrays; on failure everything is written that can be.
    /// </summary>
    /// <param name="handle">The store.</param>
    /// <param name="items">The first array of the batch.</param>
    /// <param name="count">Entries.</param>
    /// <param name="results">One status for each entry.</param>
    /// <param name="store">The store, if there is something to do.</param>
    /// <returns>What the call returns if <paramref name="store"/> is null.</returns>
    private static int Begin(ulong handle, void* items, uint count, int* results, out ObjectStore? store)
    {
        store = null;
        if (count > Limits.BatchCountMax || (count > 0 && results is null))
        {
            return CallErrors.Report(
                MmcStatus.InvalidParameter,
                "a batch has 0 .. 16384 entries and room for their results; nothing was done");
        }

        ObjectStore? found = StoreTable.Find(handle);
        MmcStatus refusal = found is null ? MmcStatus.NotInitialised
            : count > 0 && items is null ? MmcStatus.InvalidParameter : MmcStatus.Ok;
        // Should the call end in an exception, its entries do not look like done.
        Results(results, count).Fill(refusal == MmcStatus.Ok ? MmcStatus.Internal : refusal);
        store = refusal == MmcStatus.Ok && count > 0 ? found : null;
        return CallErrors.Report(refusal);
    }

    /// <summary>Refuses a batch whose <see cref="Begin"/> went well.</summary>
    private static int Refuse(int* results, uint count)
    {
        Results(results, count).Fill(MmcStatus.InvalidParameter);
        return CallErrors.Report(MmcStatus.InvalidParameter);
    }

    // The C array of numbers is one of statuses: the enum is 32 bits wide.
    private static Span<MmcStatus> Results(int* results, uint count) => new((MmcStatus*)results, (int)count);

    /// <summary>A batch's own result: only what failed as a whole is a failure of the call.</summary>
    public static int Finish(MmcStatus first, ReadOnlySpan<MmcStatus> results) =>
        IsOfWholeCall(first) && !MemoryMarshal.Cast<MmcStatus, int>(results).ContainsAnyExcept((int)first)
            ? CallErrors.Report(first)
            : (int)MmcStatus.Ok;
}
