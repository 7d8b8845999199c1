using MemCache.Interop;
using Microsoft.Extensions.Logging;

namespace MemCache.Fabric;

/// <summary>
/// Asks for huge pages where they are to be had, and says why not otherwise. Changes no setting of the system.
/// </summary>
internal static class HugePageAdvice
{
    /// <summary>Advises the data of a mapping that has no pages yet.</summary>
    public static PageKind Apply(
        MappedRegion region, SegmentLayout layout, FileSystemStatus fileSystem, SegmentOptions options, ILogger logger)
    {
        if (fileSystem.IsHugetlbfs)
        {
            return PageKind.Hugetlb;
        }

        string mount = HostMemory.ReadMountHugePages(options.Directory);
        string setting = HostMemory.ReadHugePageSetting();
        string reason = WhyNot(fileSystem, options, setting, mount);
        if (reason.Length == 0)
        {
            Errno error = region.AdviseHugePages(layout.DataOffset, layout.DataBytes);
            reason = error == Errno.None ? "" : $"the kernel refused the advice: {FileErrors.Describe(error)}";
        }

        bool mayCollapse = reason.Length > 0 && options.HugePages != HugePages.Off && fileSystem.IsTmpfs
            && setting is not ("deny" or "");
        if (mayCollapse && SegmentPrefault.TryCollapse(region, layout.DataOffset, SegmentLayout.HugePageBytes))
        {
            return PageKind.HugeCollapsed;
        }

        if (reason.Length > 0)
        {
            FabricLog.NoHugePages(logger, reason);
        }

        return reason.Length == 0 ? PageKind.HugeAdvised : PageKind.Small;
    }

    /// <summary>Why there will be no huge pages, with what an operator can do; empty if there will.</summary>
    /// <param name="fileSystem">That of the directory.</param>
    /// <param name="options">What is wanted, and where.</param>
    /// <param name="setting">The kernel's setting; of its words, "deny" and "force" overrule the mount's.</param>
    /// <param name="mount">The mount's word.</param>
    internal static string WhyNot(FileSystemStatus fileSystem, SegmentOptions options, string setting, string mount)
    {
        const string Path = HostMemory.HugePageSettingPath;
        bool isOffered = setting == "force" || mount is "always" or "within_size" or "advise";
        return options.HugePages == HugePages.Off ? "they are switched off by configuration"
            : !fileSystem.IsTmpfs ? $"{options.Directory} is neither tmpfs nor hugetlbfs"
            : setting == "deny" ? $"{Path} is 'deny'; allow them with: echo never > {Path}"
            : setting.Length == 0 ? $"this kernel has no {Path}; a hugetlbfs mount as directory would give them"
            : isOffered ? ""
            : $"{options.Directory} is mounted with huge={mount}; "
                + $"enable with: mount -o remount,huge=advise {options.Directory}";
    }
}
