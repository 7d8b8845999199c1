using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// The segments of the pool as one session knows them, by id. Reads take no lock; changes come from one thread at a
/// time.
/// </summary>
internal sealed class SegmentMap(SegmentHandles handles) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SegmentHandle?[] _handles = new SegmentHandle?[Limits.SegmentCountMax]; // written under _lock
    private ulong _version; // guarded by _lock

    /// <summary>Version of the registry that was applied last.</summary>
    public ulong Version
    {
        get
        {
            lock (_lock)
            {
                return _version;
            }
        }
    }

    /// <summary>The segment with this id, or null if the registry that was applied last does not have it.</summary>
    public SegmentHandle? Find(SegmentId segment) =>
        segment.Value < Limits.SegmentCountMax ? Volatile.Read(ref _handles[segment.Value]) : null;

    /// <summary>
    /// Takes over the registry: new segments become reachable, those that are gone are unmapped when no copy uses
    /// them.
    /// </summary>
    /// <returns>Whether a segment was dropped, so that its file may have to be removed.</returns>
    public bool Apply(ref SegmentsReply registry, OwnedSegment? own)
    {
        lock (_lock)
        {
            if (registry.Version < _version)
            {
                return false;
            }

            _version = registry.Version;
            var present = new bool[Limits.SegmentCountMax];
            while (registry.TryNext(out SegmentEntry entry))
            {
                present[entry.Segment.Value] = true;
                Take(entry, own);
            }

            bool dropped = false;
            for (int i = 0; i < _handles.Length; i++)
            {
                if (!present[i] && _handles[i] is not null)
                {
                    Replace(i, null);
                    dropped = true;
                }
            }

            // After the new ones were taken: what a session before this one knew is taken over, mapping and all.
            handles.Trim();
            return dropped;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            for (int i = 0; i < _handles.Length; i++)
            {
                Replace(i, null);
            }
        }
    }

    private void Take(SegmentEntry entry, OwnedSegment? own)
    {
        int index = entry.Segment.Value;
        if (_handles[index] is not SegmentHandle known || known.Uuid != UuidText.ToSegmentUuid(entry.Uuid))
        {
            Replace(index, handles.Take(entry, own));
        }
    }

    private void Replace(int index, SegmentHandle? handle)
    {
        SegmentHandle? old = _handles[index];
        Volatile.Write(ref _handles[index], handle);
        if (old is not null)
        {
            handles.Return(old);
        }
    }
}
