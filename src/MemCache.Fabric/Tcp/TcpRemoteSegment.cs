using System.Diagnostics.CodeAnalysis;
using System.Net;
using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>A segment behind a peer's data port, with the connections that lead there. Thread-safe.</summary>
internal sealed class TcpRemoteSegment : RemoteSegment
{
    private readonly TcpTransport _transport;
    private readonly Lock _gate = new();
    private readonly Stack<TcpLane> _idle = new();
    private readonly ServiceUrl? _url;
    private SocketAddress[] _addresses = [];

    // An MmcStatus. Written under the lock, read by any thread.
    private int _failure;
    private bool _isDisposed;

    public TcpRemoteSegment(TcpTransport transport, SegmentUuid uuid, RankId rank, string address)
        : base(uuid, rank)
    {
        _transport = transport;
        Address = address;
        _url = ServiceUrl.TryParse(address, out ServiceUrl? url) && url.Scheme == "tcp" ? url : null;
    }

    /// <inheritdoc/>
    public override bool IsReachable => Failure == MmcStatus.Ok;

    /// <summary>As the peer announced it.</summary>
    public string Address { get; }

    /// <summary>The address's host.</summary>
    public string Host => _url?.Host ?? "";

    /// <summary>What operations end with at once; Ok while it is reachable.</summary>
    public MmcStatus Failure => (MmcStatus)Volatile.Read(ref _failure);

    /// <summary>Where to connect; empty until <see cref="Resolve"/> has succeeded.</summary>
    public IReadOnlyList<SocketAddress> Addresses => Volatile.Read(ref _addresses);

    /// <summary>Whether nobody wants it any more.</summary>
    public bool IsDisposed => Volatile.Read(ref _isDisposed);

    /// <summary>Finds out where to connect, once.</summary>
    /// <returns><see cref="MmcStatus.LinkNotFound"/> if the address is not legal or has no host.</returns>
    public MmcStatus Resolve(long deadline, out string error)
    {
        error = "";
        if (Addresses.Count > 0)
        {
            return MmcStatus.Ok;
        }

        if (_url is null)
        {
            error = $"'{Address}' is not the address of a data port";
            return MmcStatus.LinkNotFound;
        }

        MmcStatus status = PeerAddress.Resolve(_url, deadline, out SocketAddress[] addresses, out error);
        if (status == MmcStatus.Ok)
        {
            Volatile.Write(ref _addresses, addresses);
        }

        return status;
    }

    /// <summary>A lane for one batch, connected or about to be.</summary>
    /// <param name="isChecked">Whether one that the peer has closed meanwhile is to be found out now, because what is
    /// asked can't be asked twice.</param>
    public TcpLane Rent(bool isChecked)
    {
        while (TryPop(out TcpLane? idle))
        {
            if (!isChecked || !idle.IsStale())
            {
                idle.MarkPooled();
                return idle;
            }

            idle.Dispose();
        }

        var lane = new TcpLane(_transport, this);
        lane.Connect();
        return lane;
    }

    /// <summary>Takes a lane back; it stays open if it is good and there are not too many.</summary>
    public void Return(TcpLane lane)
    {
        lock (_gate)
        {
            if (lane.IsReusable && !_isDisposed && _failure == 0 && _idle.Count < _transport.Options.IdleLaneCountMax)
            {
                _idle.Push(lane);
                return;
            }
        }

        lane.Dispose();
    }

    /// <summary>
    /// Notes that the peer can't be reached: everything fails at once until <see cref="NoteReachable"/>.
    /// </summary>
    /// <returns>Whether this is news.</returns>
    public bool NoteLost(MmcStatus failure)
    {
        lock (_gate)
        {
            bool isNews = _failure == 0 && !_isDisposed;
            Volatile.Write(ref _failure, (int)failure);
            DropIdle();
            return isNews;
        }
    }

    /// <summary>Notes that the peer has answered again, through this lane.</summary>
    public void NoteReachable(TcpLane lane)
    {
        lock (_gate)
        {
            Volatile.Write(ref _failure, _isDisposed ? (int)MmcStatus.LinkNotFound : 0);
        }

        Return(lane);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Volatile.Write(ref _failure, (int)MmcStatus.LinkNotFound);
            DropIdle();
        }
    }

    private bool TryPop([NotNullWhen(true)] out TcpLane? lane)
    {
        lock (_gate)
        {
            return _idle.TryPop(out lane);
        }
    }

    private void DropIdle()
    {
        while (_idle.TryPop(out TcpLane? lane))
        {
            lane.Dispose();
        }
    }
}
