using Microsoft.Win32.SafeHandles;

namespace MemCache.Interop;

/// <summary>Wakes a thread that waits in an <see cref="EpollSet"/>. Thread-safe; signals that meet are one.</summary>
public sealed class EventSignal : SafeHandleMinusOneIsInvalid
{
    private EventSignal(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Makes a signal that is not raised.</summary>
    public static IoResult Create(out EventSignal? signal)
    {
        int descriptor = SocketCalls.EventFd(0, SocketCalls.EventFdNonBlocking | SocketCalls.EventFdCloseOnExec);
        signal = descriptor < 0 ? null : new EventSignal(descriptor);
        return descriptor < 0 ? SocketHandle.LastError() : IoResult.Done(0);
    }

    /// <summary>Raises the signal; it stays readable until <see cref="Reset"/>.</summary>
    public unsafe void Raise()
    {
        ulong one = 1;
        // SAFETY: eight bytes of a local. A full counter means that it is raised already.
        _ = SocketCalls.Write(this, &one, sizeof(ulong));
    }

    /// <summary>Takes the signal back.</summary>
    public unsafe void Reset()
    {
        ulong value;
        // SAFETY: eight bytes of a local.
        _ = SocketCalls.Read(this, &value, sizeof(ulong));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => SocketCalls.Close(handle) == 0;
}
