using System.Diagnostics;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>
/// Tells the MetaService what our segment holds, step by step: the scan, what is being written, the objects, the end.
/// Membership thread only.
/// </summary>
internal sealed class SegmentRestore(SegmentView view, ILogger logger)
{
    // About 2 ms when the directory is not in a cache.
    private const int SlotsPerStep = 16_384;

    private readonly SegmentScan _scan = new(view);
    private readonly RestoreEntry[] _entries = new RestoreEntry[WireLimits.RestoreCountMax];
    private readonly KeyBatch _keys = new();
    private readonly long _begin = Stopwatch.GetTimestamp();
    private int _nextHeld;
    private long _restored;
    private long _refused;

    /// <summary>Whether the MetaService knows everything.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Does one step.</summary>
    /// <returns>Other than Ok: what has been told is void, join again.</returns>
    public MmcStatus Step(MetaConnection connection, Session session, long deadline)
    {
        if (!view.TryAcquire())
        {
            return MmcStatus.NotConnectedToLocal;
        }

        try
        {
            if (!_scan.IsScanned)
            {
                if (_scan.Step(SlotsPerStep))
                {
                    Log.Restoring(logger, session.Rank, _scan.ObjectCount, _scan.Held.Count);
                }

                return MmcStatus.Ok;
            }

            int count = Collect();
            return count > 0 ? Send(connection, count, deadline) : End(connection, deadline);
        }
        finally
        {
            view.Release();
        }
    }

    private int Collect()
    {
        int count = 0;
        _keys.Clear();
        for (; count < _entries.Length && _nextHeld < _scan.Held.Count; count++)
        {
            BlobLocation held = _scan.Held[_nextHeld++];
            _keys.Add([]);
            _entries[count] = new RestoreEntry
            {
                Generation = held.Generation,
                Offset = held.Offset,
                SizeBytes = held.SizeBytes,
                Slot = held.Slot,
                Held = 1,
            };
        }

        while (count < _entries.Length && _scan.TryNext(out uint slot, out DirectorySlot content))
        {
            int ttlMs = content.Terms.TtlMs(TimeProvider.System);
            if (ttlMs < 0 || (content.Flags & DirectorySlot.FlagUnkept) != 0)
            {
                _ = view.Retire(slot, content.Generation);
                continue;
            }

            _keys.Add(content.Key);
            _entries[count++] = new RestoreEntry
            {
                Generation = content.Generation,
                PutGeneration = content.PutGeneration,
                Offset = content.Offset,
                SizeBytes = content.SizeBytes,
                Slot = slot,
                ReplicaCount = (byte)content.ReplicaCount,
                ReplicaIndex = (byte)content.ReplicaIndex,
                Pin = (byte)content.Terms.Pin,
                TtlMs = ttlMs,
            };
        }

        return count;
    }

    private MmcStatus Send(MetaConnection connection, int count, long deadline)
    {
        ReadOnlySpan<RestoreEntry> entries = _entries.AsSpan(0, count);
        int length = RestoreRequest.Encode(
            connection.Payload(RestoreRequest.SizeBytes(count, _keys.Spans)), entries, _keys.Spans);
        MmcStatus status = connection.Call(Opcode.Restore, length, deadline, out ReadOnlySpan<byte> reply);
        if (status != MmcStatus.Ok)
        {
            return status;
        }

        if (!StatusesReply.TryDecode(reply, count, out ReadOnlySpan<MmcStatus> statuses))
        {
            return MmcStatus.UnexpectedResult;
        }

        for (int i = 0; i < count; i++)
        {
            if (statuses[i] is MmcStatus.NotConnectedToLocal or MmcStatus.StateMismatch)
            {
                // Our session is over: nothing was decided about the objects.
                return MmcStatus.NotConnectedToMeta;
            }

            Note(entries[i], statuses[i]);
        }

        return MmcStatus.Ok;
    }

    private void Note(in RestoreEntry entry, MmcStatus status)
    {
        bool restored = status == MmcStatus.Ok;
        _restored += restored && !entry.IsHeld ? 1 : 0;
        _refused += restored ? 0 : 1;
        if (!restored && !entry.IsHeld)
        {
            // Or it would be offered again when the object that was preferred to it is gone.
            _ = view.Retire(entry.Slot, entry.Generation);
        }
    }

    private MmcStatus End(MetaConnection connection, long deadline)
    {
        _ = connection.Payload(0);
        MmcStatus status = connection.Call(Opcode.EndRestore, 0, deadline, out _);
        if (status == MmcStatus.Ok)
        {
            IsComplete = true;
            Log.Restored(logger, _restored, (long)Stopwatch.GetElapsedTime(_begin).TotalMilliseconds, _refused);
        }

        return status;
    }
}
