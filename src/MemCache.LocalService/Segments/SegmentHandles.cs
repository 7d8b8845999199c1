using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <summary>
/// The segments that a store knows, by name. A segment keeps its name when its owner or we join again and it gets
/// another number, and so its mapping is kept too. What no session knows is let go by <see cref="Trim"/>. Any thread.
/// </summary>
internal sealed class SegmentHandles(SegmentPaths paths) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SegmentUuid, SegmentHandle> _byUuid = []; // guarded by _lock

    /// <summary>The segment of a registry entry, for a session; <see cref="Return"/> gives it back.</summary>
    public SegmentHandle Take(in SegmentEntry entry, OwnedSegment? own)
    {
        SegmentUuid uuid = UuidText.ToSegmentUuid(entry.Uuid);
        lock (_lock)
        {
            if (!_byUuid.TryGetValue(uuid, out SegmentHandle? handle))
            {
                bool isOwn = own is not null && own.View.Uuid == uuid;
                handle = new SegmentHandle(
                    paths, uuid, entry.Medium, Encoding.UTF8.GetString(entry.FileName), Encoding.UTF8.GetString(entry.HostId),
                    isOwn ? own : null);
                _byUuid.Add(uuid, handle);
            }

            handle.Renew(entry.Rank, Encoding.UTF8.GetString(entry.DataAddress));
            handle.UserCount++;
            return handle;
        }
    }

    /// <summary>
    /// A session does not know it any more. It stays as it is until <see cref="Trim"/>: the next session may know it
    /// again.
    /// </summary>
    public void Return(SegmentHandle handle)
    {
        lock (_lock)
        {
            handle.UserCount--;
        }
    }

    /// <summary>Lets go of what no session knows.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            foreach (SegmentHandle handle in _byUuid.Values)
            {
                if (handle.UserCount == 0)
                {
                    // Removing while enumerating is allowed of a dictionary.
                    _byUuid.Remove(handle.Uuid);
                    handle.Dispose();
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (SegmentHandle handle in _byUuid.Values)
            {
                handle.Dispose();
            }

            _byUuid.Clear();
        }
    }
}
