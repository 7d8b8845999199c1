using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// A segment that this process contributes: a new shared-memory file, locked for as long as the process lives, unlinked
/// on a clean close.
/// </summary>
public sealed class OwnedSegment : IDisposable
{
    private readonly LockedFile _file;
    private readonly MappedRegion _region;

    private OwnedSegment(LockedFile file, MappedRegion region, SegmentLayout layout, PageKind pages)
    {
        _file = file;
        _region = region;
        Pages = pages;
        View = new SegmentView(region, layout, file.Uuid, file.Name, isPopulated: true);
    }

    /// <summary>Addresses, stamps and slots. Hold it while using it.</summary>
    public SegmentView View { get; }

    /// <summary>The pages that the data was given.</summary>
    public PageKind Pages { get; }

    /// <summary>
    /// Creates a segment and gives all of its data its memory. Takes about a second for 3 GiB of small pages.
    /// </summary>
    /// <param name="options">Size and place.</param>
    /// <param name="logger">Told what was made and why there are no huge pages.</param>
    /// <param name="segment">The segment on <see cref="MmcStatus.Ok"/>.</param>
    /// <param name="error">What went wrong, in words for an operator.</param>
    /// <returns>
    /// <see cref="MmcStatus.InvalidParameter"/>: the size. <see cref="MmcStatus.NotEnoughMemory"/>: the directory's
    /// file system or the host cannot give as much; nothing is left behind.
    /// <see cref="MmcStatus.ObjectCreationFailed"/> or <see cref="MmcStatus.NotConnectedToLocal"/>: the directory is
    /// missing or closed to us.
    /// </returns>
    public static MmcStatus Create(SegmentOptions options, ILogger logger, out OwnedSegment? segment, out string error)
    {
        segment = null;
        if (options.SizeBytes is < 1 or > Limits.SegmentBytesMax)
        {
            error = $"a segment of {options.SizeBytes} bytes is not possible: 1 .. {Limits.SegmentBytesMax}";
            return MmcStatus.InvalidParameter;
        }

        Errno errno = LockedFile.Create(options.Directory, SharedFileName.SegmentSuffix, out LockedFile? file);
        if (file is null)
        {
            error = FileErrors.CannotCreate(options.Directory, errno);
            return FileErrors.ToStatus(errno);
        }

        MmcStatus status = Fill(file, options, logger, out segment, out error);
        if (segment is null)
        {
            file.Dispose();
        }

        return status;
    }

    /// <summary>Holds the memory against being unmapped.</summary>
    public bool TryAcquire() => View.TryAcquire();

    /// <summary>Ends what <see cref="TryAcquire"/> began.</summary>
    public void Release() => View.Release();

    /// <summary>
    /// Removes the file. The memory goes when the last copy that runs has ended, here and in the peers that map it.
    /// </summary>
    public void Dispose()
    {
        _file.Dispose();
        _region.Dispose();
    }

    private static MmcStatus Fill(
        LockedFile file, SegmentOptions options, ILogger logger, out OwnedSegment? segment, out string error)
    {
        segment = null;
        Errno errno = file.File.ReadFileSystem(out FileSystemStatus fileSystem);
        SegmentLayout layout = new(RoundUp(options.SizeBytes, fileSystem));
        if (errno == Errno.None && !HasRoom(options.Directory, layout, fileSystem, out error))
        {
            return MmcStatus.NotEnoughMemory;
        }

        MappedRegion? region = null;
        errno = errno != Errno.None ? errno : file.File.SetLength(layout.FileBytes);
        errno = errno != Errno.None ? errno : file.File.Map(layout.FileBytes, out region);
        if (region is null)
        {
            error = $"cannot map {layout.FileBytes} bytes in {options.Directory}: {FileErrors.Describe(errno)}";
            return FileErrors.ToStatus(errno);
        }

        PageKind pages = HugePageAdvice.Apply(region, layout, fileSystem, options, logger);
        (long, long)[] ranges = [(0, layout.DirectoryOffset), (layout.DataOffset, layout.DataBytes)];
        long collapseOffset = pages == PageKind.HugeCollapsed ? layout.DataOffset : long.MaxValue;
        errno = new SegmentPrefault(region, ranges, collapseOffset, options.Progress).Run(options.PrefaultThreads);
        if (errno != Errno.None)
        {
            region.Dispose();
            error = NotEnough(options.Directory, layout, fileSystem) + $" ({FileErrors.Describe(errno)})";
            return FileErrors.ToStatus(errno);
        }

        WriteHeader(region, file.Uuid, layout);
        segment = new OwnedSegment(file, region, layout, pages);
        FabricLog.SegmentCreated(logger, file.Name, layout.DataBytes, options.Directory, pages);
        error = "";
        return MmcStatus.Ok;
    }

    /// <summary>Whole huge pages; on hugetlbfs whole pages of the size that it was mounted with.</summary>
    private static long RoundUp(long sizeBytes, FileSystemStatus fileSystem)
    {
        long unit = fileSystem.IsHugetlbfs
            ? Math.Max(fileSystem.BlockBytes, SegmentLayout.HugePageBytes)
            : SegmentLayout.HugePageBytes;
        return Math.Min((sizeBytes + unit - 1) / unit * unit, Limits.SegmentBytesMax);
    }

    private static bool HasRoom(string directory, SegmentLayout layout, FileSystemStatus fileSystem, out string error)
    {
        // Pages of hugetlbfs are set aside already: they do not count as available memory.
        long available = Math.Min(
            fileSystem.BytesAvailable, fileSystem.IsHugetlbfs ? long.MaxValue : HostMemory.ReadBytesAvailable());
        bool hasRoom = BytesWanted(layout) <= available;
        error = hasRoom ? "" : NotEnough(directory, layout, fileSystem);
        return hasRoom;
    }

    private static long BytesWanted(SegmentLayout layout) => layout.DirectoryOffset + layout.DataBytes;

    private static string NotEnough(string directory, SegmentLayout layout, FileSystemStatus fileSystem) =>
        $"a segment of {layout.DataBytes} bytes needs {BytesWanted(layout)}: "
        + $"{directory} has {fileSystem.BytesAvailable} free"
        + (fileSystem.IsHugetlbfs ? "" : $", the host or container {HostMemory.ReadBytesAvailable()}");

    private static void WriteHeader(MappedRegion region, SegmentUuid uuid, SegmentLayout layout)
    {
        SegmentHeader header = SegmentHeader.Create(uuid, layout);
        MemoryMarshal.Write(region.Slice(0, SegmentHeader.SizeOf), in header);
        Interlocked.MemoryBarrier();
    }
}
