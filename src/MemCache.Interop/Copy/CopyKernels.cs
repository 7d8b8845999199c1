using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemCache.Interop;

/// <summary>
/// The loops that move the bytes. Addresses are the caller's business: it keeps both ranges alive and has checked them. After
/// non-temporal copies, <see cref="StoreFence"/> before anyone else is told that the bytes are there.
/// </summary>
public static unsafe class CopyKernels
{
    private const int LineBytes = 64;

    // Below this the alignment of head and tail costs more than the cache lines are worth.
    private const int NonTemporalBytesMin = 1024;

    /// <summary>Whether <see cref="CopyKernel.NonTemporal"/> differs from memcpy on this processor.</summary>
    public static bool HasNonTemporal => Avx.IsSupported;

    /// <summary>Copies one range.</summary>
    public static void Copy(nuint destination, nuint source, long sizeBytes, CopyKernel kernel)
    {
        if (kernel == CopyKernel.NonTemporal && HasNonTemporal && sizeBytes >= NonTemporalBytesMin)
        {
            CopyNonTemporal((byte*)destination, (byte*)source, (nuint)sizeBytes);
        }
        else
        {
            CopyTemporal((byte*)destination, (byte*)source, sizeBytes);
        }
    }

    /// <summary>
    /// Copies <paramref name="sizeBytes"/> bytes of a list of pieces, starting inside one of them.
    /// </summary>
    /// <param name="pieces">Address of an array of <see cref="CopyPiece"/>; pinned by the caller.</param>
    /// <param name="pieceIndex">Piece to start with.</param>
    /// <param name="offset">Bytes of that piece to leave out.</param>
    /// <param name="sizeBytes">Bytes to copy; the list has at least as many from there on.</param>
    /// <param name="kernel">How to store.</param>
    public static void CopyRange(nuint pieces, int pieceIndex, long offset, long sizeBytes, CopyKernel kernel)
    {
        // SAFETY: the caller counted the bytes of the list, so the walk ends inside the array.
        CopyPiece* piece = (CopyPiece*)pieces + pieceIndex;
        while (sizeBytes > 0)
        {
            long count = Math.Min(piece->SizeBytes - offset, sizeBytes);
            Copy(piece->Destination + (nuint)offset, piece->Source + (nuint)offset, count, kernel);
            sizeBytes -= count;
            offset = 0;
            piece++;
        }
    }

    /// <summary>Makes this thread's non-temporal stores visible before its later stores.</summary>
    public static void StoreFence()
    {
        // ORDER: non-temporal stores are weakly ordered even on x86; only a store fence orders them before the flag that publishes.
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }

    private static void CopyTemporal(byte* destination, byte* source, long sizeBytes)
    {
        // SAFETY: both ranges are the caller's.
        Buffer.MemoryCopy(source, destination, sizeBytes, sizeBytes);
    }

    /// <summary>Head up to a line boundary of the destination, whole lines past the caches, tail.</summary>
    private static void CopyNonTemporal(byte* destination, byte* source, nuint sizeBytes)
    {
        nuint head = (nuint)(-(nint)destination) & (LineBytes - 1);
        CopyTemporal(destination, source, (long)head);
        destination += head;
        source += head;
        sizeBytes -= head;

        nuint body = sizeBytes & ~(nuint)(LineBytes - 1);
        if (Avx512F.IsSupported)
        {
            CopyLines512(destination, source, body);
        }
        else
        {
            CopyLines256(destination, source, body);
        }

        CopyTemporal(destination + body, source + body, (long)(sizeBytes - body));
    }

    private static void CopyLines512(byte* destination, byte* source, nuint sizeBytes)
    {
        // SAFETY: whole lines inside both ranges; the destination is aligned to a line.
        byte* end = source + sizeBytes;
        for (; source + (4 * LineBytes) <= end; source += 4 * LineBytes, destination += 4 * LineBytes)
        {
            Vector512<byte> line0 = Vector512.Load(source);
            Vector512<byte> line1 = Vector512.Load(source + LineBytes);
            Vector512<byte> line2 = Vector512.Load(source + (2 * LineBytes));
            Vector512<byte> line3 = Vector512.Load(source + (3 * LineBytes));
            line0.StoreAlignedNonTemporal(destination);
            line1.StoreAlignedNonTemporal(destination + LineBytes);
            line2.StoreAlignedNonTemporal(destination + (2 * LineBytes));
            line3.StoreAlignedNonTemporal(destination + (3 * LineBytes));
        }

        for (; source < end; source += LineBytes, destination += LineBytes)
        {
            Vector512.Load(source).StoreAlignedNonTemporal(destination);
        }
    }

    private static void CopyLines256(byte* destination, byte* source, nuint sizeBytes)
    {
        const int HalfBytes = LineBytes / 2;
        // SAFETY: whole lines inside both ranges; the destination is aligned to a line.
        byte* end = source + sizeBytes;
        for (; source + (2 * LineBytes) <= end; source += 2 * LineBytes, destination += 2 * LineBytes)
        {
            Vector256<byte> half0 = Vector256.Load(source);
            Vector256<byte> half1 = Vector256.Load(source + HalfBytes);
            Vector256<byte> half2 = Vector256.Load(source + LineBytes);
            Vector256<byte> half3 = Vector256.Load(source + LineBytes + HalfBytes);
            half0.StoreAlignedNonTemporal(destination);
            half1.StoreAlignedNonTemporal(destination + HalfBytes);
            half2.StoreAlignedNonTemporal(destination + LineBytes);
            half3.StoreAlignedNonTemporal(destination + LineBytes + HalfBytes);
        }

        for (; source < end; source += HalfBytes, destination += HalfBytes)
        {
            Vector256.Load(source).StoreAlignedNonTemporal(destination);
        }
    }
}
