using System.Diagnostics.CodeAnalysis;
using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.LocalService;

/// <summary>
/// One segment of the pool: what the registry says of it, and the way to it, made on first use. The same object stands
/// for the segment in every session that knows it. Any thread.
/// </summary>
internal sealed class SegmentHandle : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SegmentPaths _paths;
    private readonly OwnedSegment? _own;
    private readonly string _fileName;
    private readonly string _hostId;
    private readonly bool _isSameHost;
    private PeerSegment? _peer; // written under _lock
    private RemoteSegment? _remote; // written under _lock
    private string _address = ""; // guarded by _lock
    private int _rank; // a RankId's value
    private bool _hasFailed; // guarded by _lock
    private bool _isDisposed; // guarded by _lock

    public SegmentHandle(
        SegmentPaths paths, SegmentUuid uuid, Medium medium, string fileName, string hostId, OwnedSegment? own)
    {
        _paths = paths;
        _own = own;
        _fileName = fileName;
        _hostId = hostId;
        _isSameHost = hostId == paths.HostId;
        Uuid = uuid;
        Medium = medium;
    }

    public SegmentUuid Uuid { get; }

    public Medium Medium { get; }

    public RankId Rank => new((ushort)Volatile.Read(ref _rank));

    /// <summary>Sessions that know it. Guarded by the lock of <see cref="SegmentHandles"/>.</summary>
    public int UserCount { get; set; }

    /// <summary>The mapping; good between <see cref="TryAcquire"/> and <see cref="Release"/>.</summary>
    public SegmentView View => _own is not null ? _own.View : Volatile.Read(ref _peer)!.View;

    /// <summary>
    /// The way to a segment of another host. Null: it lies on this host and is to be mapped, or it can't be reached at
    /// all, which was logged. A segment of this host is never reached this way, for the MetaService takes it that its
    /// space is free when its writer is dead.
    /// </summary>
    public RemoteSegment? Remote => _isSameHost || _own is not null ? null : Volatile.Read(ref _remote) ?? OpenRemote();

    /// <summary>
    /// Takes over what the registry says now: both may have changed when the segment's owner joined again.
    /// </summary>
    public void Renew(RankId rank, string address)
    {
        lock (_lock)
        {
            Volatile.Write(ref _rank, rank.Value);
            _hasFailed = false;
            if (_address != address)
            {
                _address = address;
                _remote?.Dispose();
                Volatile.Write(ref _remote, null);
            }
        }
    }

    /// <summary>
    /// Holds the mapping. <see langword="false"/>: the segment is on another host, its file can't be mapped, or it is
    /// gone.
    /// </summary>
    public bool TryAcquire([NotNullWhen(true)] out SegmentView? view)
    {
        view = null;
        if (_own is not null)
        {
            view = _own.View.TryAcquire() ? _own.View : null;
            return view is not null;
        }

        PeerSegment? peer = Volatile.Read(ref _peer) ?? (_isSameHost ? OpenPeer() : null);
        view = peer is not null && peer.View.TryAcquire() ? peer.View : null;
        return view is not null;
    }

    public void Release() => View.Release();

    /// <summary>
    /// Lets nobody new in; the last holder unmaps. A segment of our own is not this object's to close.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _peer?.Dispose();
            _remote?.Dispose();
        }
    }

    private PeerSegment? OpenPeer()
    {
        lock (_lock)
        {
            if (_peer is not null || _hasFailed || _isDisposed)
            {
                return _peer;
            }

            MmcStatus status = PeerSegment.Open(_paths.Directory, _fileName, Uuid, out PeerSegment? peer, out string error);
            if (status == MmcStatus.Ok)
            {
                peer!.View.Writer = _paths.Writer;
                Volatile.Write(ref _peer, peer);
            }
            else
            {
                _hasFailed = true;
                Log.PeerNotMapped(_paths.Logger, _fileName, Rank, status, error);
            }

            return _peer;
        }
    }

    private RemoteSegment? OpenRemote()
    {
        lock (_lock)
        {
            if (_remote is not null || _hasFailed || _isDisposed)
            {
                return _remote;
            }

            if (_paths.Transport is null)
            {
                _hasFailed = true;
                Log.PeerNotMappable(_paths.Logger, _fileName, Rank, HostIdentity.Difference(_paths.HostId, _hostId));
            }
            else if (_address.Length == 0)
            {
                _hasFailed = true;
                Log.PeerNotServed(_paths.Logger, _fileName, Rank, HostIdentity.Difference(_paths.HostId, _hostId));
            }
            else
            {
                Volatile.Write(ref _remote, _paths.Transport.Open(Uuid, Rank, _address));
            }

            return _remote;
        }
    }
}
