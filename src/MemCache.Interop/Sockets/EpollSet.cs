using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MemCache.Interop;

/// <summary>
/// The sockets one thread waits for, level-triggered. Any thread may add or remove; one thread waits and then reads what happened.
/// </summary>
public sealed class EpollSet : SafeHandleMinusOneIsInvalid
{
    private const int OperationAdd = 1;
    private const int OperationRemove = 2;
    private const int OperationModify = 3;

    // struct epoll_event is packed on x86-64 only: {u32 events, u64 token} there, eight-byte aligned elsewhere.
    private static readonly int TokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = TokenOffset + sizeof(ulong);

    // Written by the waiting thread only.
    private readonly byte[] _events;
    private readonly int _eventCountMax;

    private EpollSet(int descriptor, int eventCountMax)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
        _eventCountMax = eventCountMax;
        _events = new byte[eventCountMax * EventBytes];
    }

    /// <summary>Makes an empty set.</summary>
    /// <param name="eventCountMax">Events that one wait can return, 1 or more.</param>
    /// <param name="set">The set, or <see langword="null"/>.</param>
    public static IoResult Create(int eventCountMax, out EpollSet? set)
    {
        int descriptor = SocketCalls.EpollCreate(SocketCalls.EpollCloseOnExec);
        set = descriptor < 0 ? null : new EpollSet(descriptor, eventCountMax);
        return descriptor < 0 ? SocketHandle.LastError() : IoResult.Done(0);
    }

    /// <summary>Adds a socket; events for it carry <paramref name="token"/>.</summary>
    public IoResult Add(SafeHandle target, SocketReadiness wanted, ulong token) =>
        Control(OperationAdd, target, wanted, token);

    /// <summary>Changes what a socket in the set is waited for.</summary>
    public IoResult Modify(SafeHandle target, SocketReadiness wanted, ulong token) =>
        Control(OperationModify, target, wanted, token);

    /// <summary>Takes a socket out. Closing it does the same.</summary>
    public IoResult Remove(SafeHandle target) => Control(OperationRemove, target, SocketReadiness.None, 0);

    /// <summary>Waits until something happens.</summary>
    /// <param name="timeoutMs">0: only look; -1: without end.</param>
    /// <returns>Number of events to read with <see cref="EventAt"/>; a signal counts as none.</returns>
    public unsafe IoResult Wait(int timeoutMs)
    {
        // SAFETY: the array is pinned for the call and holds as many events as the kernel is told.
        fixed (byte* events = _events)
        {
            int count = SocketCalls.EpollWait(this, events, _eventCountMax, timeoutMs);
            return count >= 0 ? IoResult.Done(count) : SocketHandle.LastError();
        }
    }

    /// <summary>Event <paramref name="index"/> of the last wait.</summary>
    public SocketReadiness EventAt(int index, out ulong token)
    {
        ReadOnlySpan<byte> epollEvent = _events.AsSpan(index * EventBytes, EventBytes);
        token = BinaryPrimitives.ReadUInt64LittleEndian(epollEvent[TokenOffset..]);
        return (SocketReadiness)BinaryPrimitives.ReadInt32LittleEndian(epollEvent);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => SocketCalls.Close(handle) == 0;

    private unsafe IoResult Control(int operation, SafeHandle target, SocketReadiness wanted, ulong token)
    {
        byte* epollEvent = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(new Span<byte>(epollEvent, 4), (int)wanted);
        BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(epollEvent + TokenOffset, 8), token);
        // SAFETY: sixteen bytes are the larger of the two layouts.
        int result = SocketCalls.EpollControl(this, operation, target, epollEvent);
        return result == 0 ? IoResult.Done(0) : SocketHandle.LastError();
    }
}
