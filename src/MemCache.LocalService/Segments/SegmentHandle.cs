using System.Diagnostics.CodeAnalysis;
using MemCache.Core;
using MemCache.Fabric;
using Microsoft.Extensions.Logging;

namespace MemCache.LocalService;

/// <summary>One segment of the pool: what the registry says of it, and its mapping, made on first use. Any thread.</summary>
internal sealed class SegmentHandle(
    RankId rank, Medium medium, SegmentUuid uuid, string fileName, string directory, bool sameHost, OwnedSegment? own,
    ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private PeerSegment? _peer; // written under _lock
    private bool _failed; // written under _lock
    private bool _disposed; // written under _lock

    public RankId Rank { get; } = rank;

    public Medium Medium { get; } = medium;

    public SegmentUuid Uuid { get; } = uuid;

    /// <summary>The mapping; good between <see cref="TryAcquire"/> and <see cref="Release"/>.</summary>
    public SegmentView View => own is not null ? own.View : Volatile.Read(ref _peer)!.View;

    /// <summary>Holds the mapping. <see langword="false"/>: the segment is on another host, its file can't be mapped, or it is gone.</summary>
    public bool TryAcquire([NotNullWhen(true)] out SegmentView? view)
    {
        view = null;
        if (own is not null)
        {
            view = own.View.TryAcquire() ? own.View : null;
            return view is not null;
        }

        PeerSegment? peer = Volatile.Read(ref _peer) ?? Open();
        view = peer is not null && peer.View.TryAcquire() ? peer.View : null;
        return view is not null;
    }

    public void Release() => View.Release();

    /// <summary>Lets nobody new in; the last holder unmaps. A segment of our own is not this object's to close.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _peer?.Dispose();
        }
    }

    private PeerSegment? Open()
    {
        lock (_lock)
        {
            if (_peer is not null || _failed || _disposed || !sameHost)
            {
                return _peer;
            }

            MmcStatus status = PeerSegment.Open(directory, fileName, Uuid, out PeerSegment? peer, out string error);
            if (status == MmcStatus.Ok)
            {
                Volatile.Write(ref _peer, peer);
            }
            else
            {
                _failed = true;
                Log.PeerNotMapped(logger, fileName, Rank, status, error);
            }

            return _peer;
        }
    }
}
