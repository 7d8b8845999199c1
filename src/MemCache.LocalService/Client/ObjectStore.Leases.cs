using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Read leases by key, which outlast a call.</content>
public sealed partial class ObjectStore
{
    /// <summary>
    /// Holds readable objects against eviction, and their space when they are removed, until the lease is given back or
    /// ends. One lease for each process and key: adding renews it, and one remove gives it back. It ends with the
    /// process.
    /// </summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="leaseMs">1 or more, counted from now; 0: the default that is configured at the MetaService.</param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.StateMismatch"/>: allocated by some process and not
    /// readable yet. <see cref="MmcStatus.KeyNotFound"/>: not there. <see cref="MmcStatus.LimitExceeded"/>: this
    /// process holds <see cref="Limits.KeyLeaseCountMaxPerSession"/>.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus AddLeaseBatch(KeyBatch keys, int leaseMs, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        illegal = leaseMs < 0 ? MmcStatus.InvalidParameter : illegal;
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        var call = NewCall(ClientCall.AddLease);
        while (call.Begin())
        {
            call.Status = AddLeaseAttempt(ref call, keys.Spans, leaseMs, results);
            call.End();
        }

        return Finish(call.Status, results);
    }

    /// <summary>Gives read leases back.</summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.KeyNotFound"/>: this process holds none, or it has
    /// ended.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus RemoveLeaseBatch(KeyBatch keys, Span<MmcStatus> results) =>
        Statuses(Opcode.RemoveLease, keys, results);

    private MmcStatus AddLeaseAttempt(ref CallScope call, in KeySpans keys, int leaseMs, Span<MmcStatus> results)
    {
        CallContext context = call.Context;
        MmcStatus status = Locate(Opcode.AddLease, call.Session, context, keys, leaseMs, call.Deadline);
        for (int i = 0; i < keys.Count && status == MmcStatus.Ok; i++)
        {
            ref ObjectLocation location = ref context.Objects[i];
            results[i] = location.Status;
            for (int r = 0; r < location.ReplicaCount && location.Status == MmcStatus.Ok; r++)
            {
                // Who leases a block is going to read it: from now on its address is known exactly.
                BlobLocation blob = Blob(context.Replicas[location.FirstReplicaIndex + r], location.SizeBytes);
                if (call.Session.KnownSegment(blob.Segment) is { } handle)
                {
                    Remember(call.Session, handle, blob);
                }
            }
        }

        return status;
    }
}
