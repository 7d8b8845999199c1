namespace MemCache.Interop;

/// <summary>What the kernel says of a file system.</summary>
/// <param name="Type">Its magic number.</param>
/// <param name="BlockBytes">Its block size; on hugetlbfs the huge page size.</param>
/// <param name="BytesAvailable">
/// What this user may still take; <see cref="long.MaxValue"/> if the file system has no limit.
/// </param>
public readonly record struct FileSystemStatus(long Type, long BlockBytes, long BytesAvailable)
{
    private const long TmpfsMagic = 0x01021994;
    private const long HugetlbfsMagic = 0x958458F6;

    /// <summary>Memory with 4 KiB pages, and huge ones on advice.</summary>
    public bool IsTmpfs => Type == TmpfsMagic;

    /// <summary>Memory that consists of huge pages.</summary>
    public bool IsHugetlbfs => Type == HugetlbfsMagic;
}
