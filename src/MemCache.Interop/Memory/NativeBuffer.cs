using System.Runtime.InteropServices;
using MemCache.Core;

namespace MemCache.Interop;

/// <summary>
/// Zeroed private memory outside the managed heap, aligned to 2 MiB and advised for huge pages when it is that large.
/// For buffers that live long: benchmarks, tests, registered buffers. Not reference-counted: its owner disposes it when
/// nothing uses it any more.
/// </summary>
public sealed class NativeBuffer : SafeHandle
{
    private const long HugePageBytes = 2L << 20;
    private const long PageBytes = 4096;

    private NativeBuffer(nint address, long sizeBytes)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        SetHandle(address);
        SizeBytes = sizeBytes;
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>First byte.</summary>
    public nuint Address => (nuint)handle;

    /// <summary>Usable length, as asked for.</summary>
    public long SizeBytes { get; }

    /// <summary>Allocates <paramref name="sizeBytes"/> bytes, 1 or more.</summary>
    /// <exception cref="InsufficientMemoryException">The machine, or a limit of this process, does not allow
    /// it.</exception>
    public static NativeBuffer Allocate(long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeBytes, 1);
        bool huge = sizeBytes >= HugePageBytes;
        long alignment = huge ? HugePageBytes : PageBytes;
        long mappedBytes = MappedBytes(sizeBytes);
        nuint rawBytes = (nuint)(mappedBytes + alignment);
        nint raw = MemoryCalls.MapAnonymous(
            0, rawBytes, MemoryCalls.ProtectionReadWrite, MemoryCalls.MapPrivateAnonymous, -1, 0);
        if (raw == MemoryCalls.MapFailed)
        {
            throw new InsufficientMemoryException(
                $"mmap of {sizeBytes} bytes failed: errno {(int)PosixFile.LastError()}");
        }

        nint address = Trim(raw, mappedBytes, alignment);
        if (huge)
        {
            // Advice only: without it the memory is as good, with more page table misses.
            _ = MemoryCalls.Advise(address, (nuint)mappedBytes, MemoryCalls.AdviceHugePage);
        }

        return new NativeBuffer(address, sizeBytes);
    }

    /// <summary>A range as bytes, checked against the buffer's bounds.</summary>
    public unsafe Span<byte> Slice(long offset, int length)
    {
        Invariant.Require(!IsClosed && offset >= 0 && length >= 0 && offset <= SizeBytes - length);
        // SAFETY: inside the mapping, checked above; the owner keeps the buffer while it uses the span.
        return new Span<byte>((byte*)handle + offset, length);
    }

    /// <summary>Touches every page, so that the first use does not pay for it.</summary>
    public unsafe void Prefault()
    {
        // SAFETY: every address lies in the mapping, which has whole pages.
        for (long offset = 0; offset < SizeBytes; offset += PageBytes)
        {
            Volatile.Write(ref *((byte*)handle + offset), 0);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => MemoryCalls.Unmap(handle, (nuint)MappedBytes(SizeBytes)) == 0;

    private static long MappedBytes(long sizeBytes) => (sizeBytes + PageBytes - 1) & -PageBytes;

    /// <summary>Cuts an over-long mapping to an aligned one.</summary>
    private static nint Trim(nint raw, long mappedBytes, long alignment)
    {
        nint address = (nint)((raw + alignment - 1) & -alignment);
        long head = address - raw;
        long tail = alignment - head;
        if (head > 0)
        {
            _ = MemoryCalls.Unmap(raw, (nuint)head);
        }

        if (tail > 0)
        {
            _ = MemoryCalls.Unmap(address + (nint)mappedBytes, (nuint)tail);
        }

        return address;
    }
}
