using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>Asks for huge pages where they are to be had, and says why not otherwise. Changes no setting of the system.</summary>
internal static class HugePageAdvice
{
    /// <summary>Advises the data of a mapping that has no pages yet.</summary>
    public static PageKind Apply(
        MappedRegion region, SegmentLayout layout, FileSystemStatus fileSystem, HugePages wanted, ILogger logger)
    {
        if (fileSystem.IsHugetlbfs)
        {
            return PageKind.Hugetlb;
        }

        string reason = WhyNot(fileSystem, wanted, HostMemory.ReadHugePageSetting());
        if (reason.Length == 0)
        {
            Errno error = region.AdviseHugePages(layout.DataOffset, layout.DataBytes);
            reason = error == Errno.None ? "" : $"the kernel refused the advice: {FileErrors.Describe(error)}";
        }

        if (reason.Length > 0)
        {
            FabricLog.NoHugePages(logger, reason);
        }

        return reason.Length == 0 ? PageKind.HugeAdvised : PageKind.Small;
    }

    /// <summary>Why there will be no huge pages, with what an operator can do; empty if there will.</summary>
    internal static string WhyNot(FileSystemStatus fileSystem, HugePages wanted, string setting)
    {
        const string Path = HostMemory.HugePageSettingPath;
        return wanted == HugePages.Off ? "they are switched off by configuration"
            : !fileSystem.IsTmpfs ? "the directory is neither tmpfs nor hugetlbfs"
            : setting is "always" or "within_size" or "advise" or "force" ? ""
            : setting.Length == 0 ? $"this kernel has no {Path}; a hugetlbfs mount as directory would give them"
            : $"{Path} is '{setting}'; enable with: echo advise > {Path}";
    }
}
