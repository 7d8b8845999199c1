using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>The C library's calls around sockets, as they are declared there. Numbers are those of Linux on x86-64 and ARM64.</summary>
internal static unsafe partial class SocketCalls
{
    public const int AddressFamilyUnix = 1;
    public const int AddressFamilyIPv4 = 2;
    public const int AddressFamilyIPv6 = 10;
    public const int SocketStream = 1;
    public const int SocketNonBlocking = 0x800;
    public const int SocketCloseOnExec = 0x80000;
    public const int LevelSocket = 1;
    public const int LevelTcp = 6;
    public const int OptionReuseAddress = 2;
    public const int OptionError = 4;
    public const int OptionSendBuffer = 7;
    public const int OptionReceiveBuffer = 8;
    public const int OptionKeepAlive = 9;
    public const int OptionPeerCredentials = 17;
    public const int OptionReceiveTimeout = 20;
    public const int OptionSendTimeout = 21;
    public const int OptionNoDelay = 1;
    public const int OptionKeepAliveIdle = 4;
    public const int OptionKeepAliveInterval = 5;
    public const int OptionKeepAliveCount = 6;
    public const int OptionUserTimeout = 18;
    public const int MessageDontWait = 0x40;
    public const int MessageNoSignal = 0x4000;
    public const int EpollCloseOnExec = 0x80000;
    public const int EventFdNonBlocking = 0x800;
    public const int EventFdCloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SocketHandle socket, byte* address, uint addressBytes);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SocketHandle socket, byte* address, uint addressBytes);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(SocketHandle socket, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(SocketHandle socket, byte* address, uint* addressBytes, int flags);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int LocalName(SocketHandle socket, byte* address, uint* addressBytes);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SocketHandle socket, byte* buffer, nuint bytes, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SocketHandle socket, byte* buffer, nuint bytes, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SocketHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* buffer, nuint bytes, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* buffer, nuint bytes, int flags);

    [LibraryImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    public static partial int PeerName(SocketHandle socket, byte* address, uint* addressBytes);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(SocketHandle socket, int how);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(SocketHandle socket, int level, int option, void* value, uint valueBytes);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(SocketHandle socket, int level, int option, void* value, uint* valueBytes);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(EpollSet set, int operation, SafeHandle target, byte* epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(EpollSet set, byte* events, int eventsMax, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(EventSignal signal, ulong* value, nuint bytes);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(EventSignal signal, ulong* value, nuint bytes);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(nint descriptor);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>struct msghdr on 64-bit Linux; the paddings are the compiler's.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public uint NameBytes;
        public void* Buffers;
        public nuint BufferCount;
        public void* Control;
        public nuint ControlBytes;
        public int Flags;
    }

    /// <summary>struct ucred.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Credentials
    {
        public int ProcessId;
        public uint UserId;
        public uint GroupId;
    }

    /// <summary>struct timeval on 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeValue
    {
        public long Seconds;
        public long Microseconds;
    }
}
