using System.Net;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>Opens and closes listening sockets.</summary>
internal static class ListenSocket
{
    private const int Backlog = 1024;
    private const int ResolveMs = 5000;
    private const string NewSuffix = ".new";
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Listens on a configured address; a name is resolved and its first address taken.</summary>
    /// <param name="url">tcp://host:port or unix:///path.</param>
    /// <param name="role">What is served there.</param>
    /// <param name="error">Url, call and errno when there is no listener.</param>
    public static Listener? Open(string url, ListenerRole role, out string error)
    {
        if (!MetaEndpoint.TryParse(url, out MetaEndpoint? endpoint, out error))
        {
            return null;
        }

        MmcStatus status = endpoint.Resolve(
            Deadline.In(ResolveMs), out IReadOnlyList<SocketAddress> addresses, out string resolveError);
        if (status != MmcStatus.Ok)
        {
            error = $"can't listen on {url}: {resolveError}";
            return null;
        }

        return endpoint.IsUnixSocket
            ? OpenUnix(ServiceUrlPath(url), role, out error)
            : Open(addresses[0], url, role, "", out error);
    }

    /// <summary>Listens on a socket file that only this user can open. A file that nobody serves any more is replaced.</summary>
    public static Listener? OpenUnix(string path, ListenerRole role, out string error)
    {
        string url = "unix://" + path;
        if (IsServed(path))
        {
            error = $"can't listen on {url}: another process serves it";
            return null;
        }

        try
        {
            // Bound under another name and renamed when it listens: nobody ever finds a socket there that refuses.
            string newPath = path + NewSuffix;
            File.Delete(newPath);
            SocketAddress address = new System.Net.Sockets.UnixDomainSocketEndPoint(newPath).Serialize();
            Listener? listener = Open(address, url, role, path, out error);
            if (listener is not null)
            {
                File.Move(newPath, path, overwrite: true);
            }

            return listener;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"can't listen on {url}: {exception.Message}";
            return null;
        }
    }

    /// <summary>Closes the socket and removes its file.</summary>
    public static void Close(Listener listener)
    {
        if (listener.Socket.IsClosed)
        {
            return;
        }

        if (listener.IsUnixSocket)
        {
            TryDelete(listener.UnixPath);
        }

        listener.Socket.Dispose();
    }

    /// <summary>Whether some process accepts connections at this path.</summary>
    public static bool IsServed(string path)
    {
        SocketAddress address = new System.Net.Sockets.UnixDomainSocketEndPoint(path).Serialize();
        _ = SocketHandle.Open(address, nonBlocking: true, out SocketHandle? socket);
        using (socket)
        {
            IoResult result = socket?.Connect(address) ?? default;
            return socket is not null && (result.IsOk || result.IsNotReady);
        }
    }

    /// <summary>Removes a file if it is there and may be removed.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody else's business: a stale socket file costs nothing and the next start looks again.
            return;
        }
    }

    private static Listener? Open(SocketAddress address, string url, ListenerRole role, string unixPath, out string error)
    {
        IoResult result = SocketHandle.Open(address, nonBlocking: true, out SocketHandle? socket);
        if (socket is not null)
        {
            result = socket.Bind(address);
        }

        if (result.IsOk && unixPath.Length > 0)
        {
            // Before it listens, so that nobody else ever gets in.
            File.SetUnixFileMode(unixPath + NewSuffix, SocketMode);
        }

        if (result.IsOk)
        {
            result = socket!.Listen(Backlog);
        }

        if (socket is null || !result.IsOk)
        {
            socket?.Dispose();
            error = $"can't listen on {url}: {result.ErrorText}";
            return null;
        }

        error = "";
        return new Listener(socket, url, role, unixPath);
    }

    private static string ServiceUrlPath(string url) => ServiceUrl.TryParse(url, out ServiceUrl? parsed) ? parsed.Host : "";
}
