using MemCache.Core;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Pins and ends of objects that are there.</content>
public sealed partial class ObjectStore
{
    /// <summary>
    /// Changes how firmly objects stay, and for how long. What is <see langword="null"/> stays as it is. An object whose
    /// pin changes becomes recent. What is said here is known to the MetaService only: after its restart an object has
    /// the pin and the end that it was put with.
    /// </summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="pin">The new pin.</param>
    /// <param name="ttlMs">Milliseconds from now after which they are gone; 0: they have no end any more.</param>
    /// <param name="results">
    /// Shape [n]; every entry is written: <see cref="MmcStatus.Ok"/>, <see cref="MmcStatus.ObjectNotFound"/>,
    /// <see cref="MmcStatus.QuotaExceeded"/> (too much has a hard pin; the object is as it was), or an error.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus SetPriorityBatch(KeyBatch keys, ObjectPin? pin, int? ttlMs, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        illegal = pin > ObjectPin.Hard || ttlMs < 0 ? MmcStatus.InvalidParameter : illegal;
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        var call = NewCall(ClientCall.Untimed);
        while (call.Begin())
        {
            call.Status = SetPriorityAttempt(ref call, keys.Spans, pin, ttlMs, results);
            call.End();
        }

        return Finish(call.Status, results);
    }

    /// <summary>Changes one object: as <see cref="SetPriorityBatch"/>.</summary>
    public MmcStatus SetPriority(string key, ObjectPin? pin, int? ttlMs = null)
    {
        MmcStatus result = default;
        return SetPriorityBatch(new KeyBatch(key), pin, ttlMs, new Span<MmcStatus>(ref result));
    }

    private static MmcStatus SetPriorityAttempt(
        ref CallScope call, in KeySpans keys, ObjectPin? pin, int? ttlMs, Span<MmcStatus> results)
    {
        LeaseReturns leases = call.Session.Leases;
        Span<LeaseRelease> releases = leases.IsEmpty ? default : stackalloc LeaseRelease[LeasesPerRequest];
        releases = releases[..leases.Take(releases)];
        Span<byte> room = call.Context.Connection.Payload(PinRequest.SizeBytes(releases.Length, keys));
        int length = PinRequest.Encode(room, releases, keys, pin, ttlMs);
        MmcStatus status = call.Context.Connection.Call(
            Opcode.Pin, length, call.Deadline, out ReadOnlySpan<byte> reply);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!StatusesReply.TryDecode(reply, keys.Count, out ReadOnlySpan<MmcStatus> statuses))
        {
            return MmcStatus.UnexpectedResult;
        }

        statuses.CopyTo(results);
        return MmcStatus.Ok;
    }
}
