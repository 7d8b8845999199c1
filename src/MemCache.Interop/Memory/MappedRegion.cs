using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Interop;

/// <summary>
/// A shared mapping of a file. Thread-safe. Whoever touches the memory holds it with <see cref="TryAcquire"/> and
/// <see cref="Release"/>; <see cref="SafeHandle.Dispose()"/> lets nobody new in, returns at once, and the last holder's
/// release unmaps. So a copy that runs never loses its memory, and closing never waits for a copy.
/// </summary>
public sealed class MappedRegion : SafeHandle
{
    private const int ClosingBit = int.MinValue;
    private const long PageBytes = 4096;
    private const long HugePageBytes = 2L << 20;

    // Holders, and the sign bit once closing has begun. Written by every holder, with interlocked operations only.
    private int _holders;

    // Stays open as long as the mapping: kernels without page population need it, and so does whoever holds a lock on
    // it.
    private readonly PosixFile _file;
    private readonly int _descriptor;

    private MappedRegion(nint address, long sizeBytes, PosixFile file)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        bool added = false;
        file.DangerousAddRef(ref added);
        SetHandle(address);
        SizeBytes = sizeBytes;
        _file = file;
        _descriptor = (int)file.DangerousGetHandle();
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>First byte. Good for as long as the region is held.</summary>
    public nuint Address => (nuint)handle;

    /// <summary>Length of the mapping.</summary>
    public long SizeBytes { get; }

    /// <summary>Holds the mapping against being unmapped.</summary>
    /// <returns><see langword="false"/> if closing has begun; then there is nothing to release.</returns>
    public bool TryAcquire()
    {
        int seen = Volatile.Read(ref _holders);
        while (seen >= 0)
        {
            int was = Interlocked.CompareExchange(ref _holders, seen + 1, seen);
            if (was == seen)
            {
                return true;
            }

            seen = was;
        }

        return false;
    }

    /// <summary>Ends what <see cref="TryAcquire"/> began. The last release after closing unmaps.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _holders);
        Invariant.Require(left is not (-1 or int.MaxValue));
        if (left == ClosingBit)
        {
            base.Dispose(disposing: true);
        }
    }

    /// <summary>A range as bytes, checked against the mapping's bounds.</summary>
    public unsafe Span<byte> Slice(long offset, int length)
    {
        CheckRange(offset, length);
        // SAFETY: inside the mapping, checked above; the caller holds the region while it uses the span.
        return new Span<byte>((byte*)handle + offset, length);
    }

    /// <summary>A range of 64-bit words, checked against the mapping's bounds; the offset is a multiple of 8.</summary>
    public unsafe Span<ulong> Words(long offset, int count)
    {
        CheckRange(offset, (long)count * sizeof(ulong));
        Invariant.Require((offset & 7) == 0);
        // SAFETY: inside the mapping and aligned, checked above; the caller holds the region while it uses the span.
        return new Span<ulong>((byte*)handle + offset, count);
    }

    /// <summary>
    /// One 64-bit word for atomic access, checked against the mapping's bounds; the offset is a multiple of 8.
    /// </summary>
    public ref ulong Word(long offset) => ref Words(offset, 1)[0];

    /// <summary>Asks for huge pages where the file system can give them on advice. The range is whole pages.</summary>
    public Errno AdviseHugePages(long offset, long sizeBytes) => Advise(offset, sizeBytes, MemoryCalls.AdviceHugePage);

    /// <summary>
    /// Turns populated or half-populated pages into huge ones, whatever the mount offers for page faults; the range is whole huge pages, each of
    /// which has a page. Copies what is there: for memory that nobody uses yet.
    /// </summary>
    /// <returns>
    /// <see cref="Errno.InvalidArgument"/> on kernels before 6.1; others when no huge page is free. Pages stay what they were then.
    /// </returns>
    public Errno CollapseHugePages(long offset, long sizeBytes)
    {
        CheckRange(offset, sizeBytes);
        // Once: "try again" may mean here that no huge page is free, and that may last.
        int result = MemoryCalls.Advise(handle + (nint)offset, (nuint)sizeBytes, MemoryCalls.AdviceCollapse);
        return result == 0 ? Errno.None : PosixFile.LastError();
    }

    /// <summary>
    /// Gives every page of the range its memory and this process its page table entries, without changing a byte. The
    /// range is whole pages.
    /// </summary>
    /// <returns>
    /// <see cref="Errno.BadAddress"/>, <see cref="Errno.NoSpace"/> or <see cref="Errno.NoMemory"/> if the file system
    /// or the machine has no page left: where a plain store would have been a SIGBUS.
    /// </returns>
    public Errno Populate(long offset, long sizeBytes)
    {
        Errno error = Advise(offset, sizeBytes, MemoryCalls.AdvicePopulateWrite);
        return error == Errno.InvalidArgument ? PopulateByAllocation(offset, sizeBytes) : error;
    }

    /// <summary>
    /// What <see cref="Populate"/> does on kernels before 5.14: has the file give out the pages, then touches them.
    /// </summary>
    public Errno PopulateByAllocation(long offset, long sizeBytes)
    {
        CheckRange(offset, sizeBytes);
        Errno error;
        do
        {
            error = FileCalls.Allocate(_descriptor, 0, offset, sizeBytes) == 0 ? Errno.None : PosixFile.LastError();
        }
        while (error == Errno.Interrupted);

        if (error == Errno.None)
        {
            Touch(offset, sizeBytes);
        }

        return error;
    }

    internal static Errno MapShared(PosixFile file, long sizeBytes, out MappedRegion? region)
    {
        const int Flags = MemoryCalls.MapSharedFlag | MemoryCalls.MapNoReserve;
        nint address = MapAligned(file, sizeBytes, Flags);
        if (address == MemoryCalls.MapFailed)
        {
            // Pages of a gigabyte have another alignment: there the kernel finds the place.
            address = MemoryCalls.Map(0, (nuint)sizeBytes, MemoryCalls.ProtectionReadWrite, Flags, file, 0);
        }

        bool mapped = address != MemoryCalls.MapFailed;
        region = mapped ? new MappedRegion(address, sizeBytes, file) : null;
        return mapped ? Errno.None : PosixFile.LastError();
    }

    /// <summary>
    /// Maps the file at a multiple of 2 MiB: where the file has a huge page, it can then be mapped as one. The kernel chooses such a place
    /// by itself only if the mount offers huge pages.
    /// </summary>
    private static nint MapAligned(PosixFile file, long sizeBytes, int flags)
    {
        const int Reserve = MemoryCalls.MapPrivateAnonymous | MemoryCalls.MapNoReserve;
        long mappedBytes = (sizeBytes + PageBytes - 1) & -PageBytes;
        nuint rawBytes = (nuint)(mappedBytes + HugePageBytes);
        nint raw = MemoryCalls.MapAnonymous(0, rawBytes, MemoryCalls.ProtectionNone, Reserve, -1, 0);
        if (raw == MemoryCalls.MapFailed)
        {
            return raw;
        }

        nint aligned = (nint)((raw + HugePageBytes - 1) & -HugePageBytes);
        nint address = MemoryCalls.Map(
            aligned, (nuint)sizeBytes, MemoryCalls.ProtectionReadWrite, flags | MemoryCalls.MapFixed, file, 0);
        if (address == MemoryCalls.MapFailed)
        {
            Errno error = PosixFile.LastError();
            _ = MemoryCalls.Unmap(raw, rawBytes);
            Marshal.SetLastPInvokeError((int)error);
            return address;
        }

        UnmapIfAny(raw, aligned - raw);
        UnmapIfAny(aligned + (nint)mappedBytes, raw + (nint)rawBytes - aligned - (nint)mappedBytes);
        return address;
    }

    private static void UnmapIfAny(nint address, nint sizeBytes)
    {
        if (sizeBytes > 0)
        {
            _ = MemoryCalls.Unmap(address, (nuint)sizeBytes);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The finalizer comes only when nobody can reach the region any more, a holder included.
        if (!disposing)
        {
            base.Dispose(disposing: false);
        }
        else if (Interlocked.Or(ref _holders, ClosingBit) == 0)
        {
            base.Dispose(disposing: true);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        bool unmapped = MemoryCalls.Unmap(handle, (nuint)SizeBytes) == 0;
        _file.DangerousRelease();
        return unmapped;
    }

    private void CheckRange(long offset, long sizeBytes) =>
        Invariant.Require(offset >= 0 && sizeBytes >= 0 && offset <= SizeBytes - sizeBytes);

    private unsafe void Touch(long offset, long sizeBytes)
    {
        // SAFETY: inside the mapping, and the file has all of these pages. Reads only: others may be using the memory.
        for (long end = offset + sizeBytes; offset < end; offset += Environment.SystemPageSize)
        {
            _ = Volatile.Read(ref *((byte*)handle + offset));
        }
    }

    private Errno Advise(long offset, long sizeBytes, int advice)
    {
        CheckRange(offset, sizeBytes);
        Errno error;
        do
        {
            int result = MemoryCalls.Advise(handle + (nint)offset, (nuint)sizeBytes, advice);
            error = result == 0 ? Errno.None : PosixFile.LastError();
        }
        while (error is Errno.Interrupted or Errno.WouldBlock);
        return error;
    }
}
