using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <content>Who is at the other end: certificates over TCP, the kernel's word on a Unix socket.</content>
public sealed partial class MetaConnection
{
    private const byte TlsAlertRecord = 0x15;
    private const byte TlsMajorVersion = 3;
    private const string PeerSpeaksTls = "the peer speaks TLS, and this client is configured without";

    private MmcStatus Secure(MetaEndpoint endpoint, long deadline)
    {
        if (endpoint.IsUnixSocket)
        {
            return JudgeUnixPeer();
        }

        if (_tls is null)
        {
            return MmcStatus.Ok;
        }

        // The channel owns the socket as well, but closing it twice does no harm.
        _channel = _tls.Connect(_socket!, endpoint.Host);
        IoResult result = _channel.Handshake(out string error);
        while (result.IsNotReady && !Deadline.HasPassed(deadline))
        {
            _ = _socket!.Poll(_channel.Awaits, Deadline.MillisecondsLeft(deadline), out _);
            result = _channel.Handshake(out error);
        }

        if (!result.IsOk)
        {
            ErrorText = result.IsNotReady ? "no end of the TLS handshake in time" : error;
            Close();
        }

        return result.IsOk ? MmcStatus.Ok : result.IsNotReady ? MmcStatus.Timeout : StatusOf(result);
    }

    // The path may come from a MetaService that was reached in the clear: it must not lead to another user's process.
    private MmcStatus JudgeUnixPeer()
    {
        uint ours = PosixFile.CurrentUserId;
        IoResult result = _socket!.ReadPeerUser(out uint user);
        if (result.IsOk && (user == ours || user == 0 || ours == 0))
        {
            return MmcStatus.Ok;
        }

        ErrorText = result.IsOk ? $"it belongs to user {user}" : result.ErrorText;
        Close();
        return MmcStatus.NotConnectedToMeta;
    }

    private static IoResult WaitAndReceive(SocketChannel channel, Span<byte> room, int millisecondsLeft)
    {
        if (!channel.HasBuffered)
        {
            _ = channel.Socket.Poll(channel.Awaits, millisecondsLeft, out _);
        }

        return channel.Receive(room);
    }

    private MmcStatus Lost(IoResult result)
    {
        ErrorText = _channel is { ErrorText.Length: > 0 } channel ? channel.ErrorText : result.ErrorText;
        return StatusOf(result);
    }

    private static MmcStatus StatusOf(IoResult result) =>
        result.IsProtocolFailure ? MmcStatus.TlsFailed : MmcStatus.NotConnectedToMeta;

    private static bool IsTlsAlert(ReadOnlySpan<byte> bytes) => bytes is [TlsAlertRecord, TlsMajorVersion, ..];
}
