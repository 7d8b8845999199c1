namespace MemCache.Interop;

/// <summary>What the kernel says of an open file.</summary>
/// <param name="IsRegular">A plain file, no directory, pipe, device or socket.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="Permissions">The lower twelve mode bits.</param>
/// <param name="LinkCount">Names it has; 0 once it was unlinked.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="AllocatedBytes">What it takes of its file system; less than the length if it has holes.</param>
/// <param name="Device">Its file system.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="ModifiedNanoseconds">When its content changed last, since 1970.</param>
public readonly record struct FileStatus(
    bool IsRegular,
    uint UserId,
    uint Permissions,
    uint LinkCount,
    long SizeBytes,
    long AllocatedBytes,
    ulong Device,
    ulong Inode,
    long ModifiedNanoseconds);
