using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// Another process's segment on this host, mapped. Thread-safe. Disposing lets running copies end: the last one unmaps.
/// </summary>
public sealed class PeerSegment : IDisposable
{
    private readonly MappedRegion _region;

    private PeerSegment(MappedRegion region, SegmentView view)
    {
        _region = region;
        View = view;
    }

    /// <summary>Addresses, stamps and slots. Hold it while using it.</summary>
    public SegmentView View { get; }

    /// <summary>Maps a segment that the MetaService told of. Everything that the file says is checked.</summary>
    /// <param name="directory">The shared-memory directory.</param>
    /// <param name="fileName">Name of the file in it.</param>
    /// <param name="uuid">The segment that the file must hold.</param>
    /// <param name="segment">The segment on <see cref="MmcStatus.Ok"/>.</param>
    /// <param name="error">What went wrong, in words.</param>
    /// <returns>
    /// <see cref="MmcStatus.InvalidParameter"/>: not a name of ours. <see cref="MmcStatus.NotConnectedToLocal"/>: no
    /// such file, or closed to us. <see cref="MmcStatus.UnexpectedResult"/>: the file is not what it should be.
    /// <see cref="MmcStatus.NotEnoughMemory"/>, <see cref="MmcStatus.LimitExceeded"/>: no address space or descriptor
    /// left.
    /// </returns>
    public static MmcStatus Open(
        string directory, string fileName, SegmentUuid uuid, out PeerSegment? segment, out string error)
    {
        segment = null;
        if (!SharedFileName.IsSegment(fileName))
        {
            error = "not a name of a segment file";
            return MmcStatus.InvalidParameter;
        }

        Errno errno = PosixFile.OpenExisting(Path.Combine(directory, fileName), writable: true, out PosixFile? file);
        if (file is null)
        {
            error = $"cannot open {fileName} in {directory}: {FileErrors.Describe(errno)}";
            return errno is Errno.TooManyFiles or Errno.NoMemory
                ? FileErrors.ToStatus(errno)
                : MmcStatus.NotConnectedToLocal;
        }

        // The mapping keeps the descriptor for as long as it needs it.
        using (file)
        {
            return Map(file, fileName, uuid, out segment, out error);
        }
    }

    /// <summary>Holds the memory against being unmapped.</summary>
    /// <returns><see langword="false"/> once disposing has begun.</returns>
    public bool TryAcquire() => View.TryAcquire();

    /// <summary>Ends what <see cref="TryAcquire"/> began.</summary>
    public void Release() => View.Release();

    /// <summary>Lets nobody new in and returns at once; the last running copy unmaps.</summary>
    public void Dispose() => _region.Dispose();

    private static MmcStatus Map(
        PosixFile file, string fileName, SegmentUuid uuid, out PeerSegment? segment, out string error)
    {
        segment = null;
        error = CheckFile(file, uuid, out SegmentLayout layout);
        if (error.Length > 0)
        {
            error = $"{fileName} cannot be used: {error}";
            return MmcStatus.UnexpectedResult;
        }

        Errno errno = file.Map(layout.FileBytes, out MappedRegion? region);
        if (region is null)
        {
            error = $"cannot map {fileName}: {FileErrors.Describe(errno)}";
            return FileErrors.ToStatus(errno);
        }

        // The pages are there already; the advice lets this process's page tables use them as huge ones. No is no harm.
        _ = region.AdviseHugePages(layout.DataOffset, layout.DataBytes);
        segment = new PeerSegment(region, new SegmentView(region, layout, uuid, fileName, isPopulated: false));
        return MmcStatus.Ok;
    }

    /// <summary>
    /// Checks owner, length and header. The header is read with a system call, once: a file that shrinks meanwhile is a
    /// short read, not a SIGBUS.
    /// </summary>
    private static string CheckFile(PosixFile file, SegmentUuid uuid, out SegmentLayout layout)
    {
        layout = default;
        if (file.ReadStatus(out FileStatus status) != Errno.None || !status.IsRegular)
        {
            return "it is not a regular file";
        }

        if (status.UserId != PosixFile.CurrentUserId)
        {
            return $"it belongs to user {status.UserId}";
        }

        SegmentHeader header = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<SegmentHeader>(ref header));
        if (file.ReadAt(bytes, 0, out int count) != Errno.None || count != bytes.Length)
        {
            return "it is too short";
        }

        bool isValid = header.TryValidate(uuid, status.SizeBytes, out string problem);
        layout = isValid ? new SegmentLayout(header.DataBytes) : default;
        return problem;
    }
}
