using MemCache.Interop;

namespace MemCache.MetaService;

/// <content>Encrypted connections: handshakes in small steps, and bytes that wait decrypted where epoll does not see
/// them.</content>
internal sealed partial class IoThread
{
    // A signature with an RSA key of 2,048 bits takes 0.4 ms (`openssl speed` on the build machine): others' requests
    // wait for a few of them, not for hundreds.
    private const int HandshakeStepsMaxPerTurn = 4;

    private readonly List<ServerConnection> _buffered = [];
    private readonly List<ServerConnection> _revisited = [];
    private int _handshakeSteps;

    // One that gets no turn is reported again at once: epoll is level-triggered.
    private void Shake(ServerConnection connection)
    {
        if (++_handshakeSteps > HandshakeStepsMaxPerTurn)
        {
            return;
        }

        IoResult result = connection.Secure!.Handshake(out string error);
        if (result.IsOk)
        {
            connection.IsHandshaking = false;
            SetInterest(connection, SocketReadiness.Readable);
            // The first request may have come along with the handshake's last bytes.
            ComeBackIfBuffered(connection);
        }
        else if (result.IsNotReady)
        {
            SetInterest(connection, connection.Secure.Awaits);
        }
        else if (connection.Secure is TlsChannel { HasReceived: false })
        {
            // Came and went without a word, as those do that only ask whether somebody listens.
            Close(connection, CloseCause.Server);
        }
        else
        {
            NoteHandshakeFailure(connection, error);
            // Our alert says why; a reset would overtake it.
            Linger(connection);
        }
    }

    private void NoteHandshakeFailure(ServerConnection connection, string reason)
    {
        if (connection.Listener.HandshakeFailures.Note(_clock.NowMs, out long unlogged))
        {
            Log.HandshakeFailed(_logger, connection.Listener.Address, connection.Socket.ReadPeerText(), reason, unlogged);
        }
    }

    private bool IsForeign(SocketHandle socket, Listener listener)
    {
        if (!listener.IsUnixSocket)
        {
            return false;
        }

        bool isKnown = socket.ReadPeerUser(out uint user).IsOk;
        bool isForeign = !isKnown || (user != PosixFile.CurrentUserId && user != 0);
        if (isForeign && listener.HandshakeFailures.Note(_clock.NowMs, out long unlogged))
        {
            Log.HandshakeFailed(_logger, listener.Address, $"user {user}", "the socket is for this user only", unlogged);
        }

        return isForeign;
    }

    private void AwaitMore(ServerConnection connection)
    {
        if (connection.Secure is { } secure)
        {
            SetInterest(connection, secure.Awaits);
        }
    }

    private void ComeBackIfBuffered(ServerConnection connection)
    {
        if (connection.Secure is { HasBuffered: true } && !connection.IsClosed)
        {
            _buffered.Add(connection);
        }
    }

    // One receive each, as if epoll had reported them.
    private void RevisitBuffered()
    {
        if (_buffered.Count == 0)
        {
            return;
        }

        _revisited.AddRange(_buffered);
        _buffered.Clear();
        foreach (ServerConnection connection in _revisited)
        {
            if (connection is { IsClosed: false, IsLingering: false, Output: null })
            {
                Receive(connection);
            }
        }

        _revisited.Clear();
    }

    private void SetInterest(ServerConnection connection, SocketReadiness wanted)
    {
        if (connection.Interest != wanted)
        {
            connection.Interest = wanted;
            _ = _epoll.Modify(connection.Socket, wanted, connection.Token);
        }
    }
}
