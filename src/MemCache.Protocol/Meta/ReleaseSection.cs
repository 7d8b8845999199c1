using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// What every data request begins with: the read leases that ended since the last one. {u32 count, u32 0, LeaseRelease[count]}.
/// </summary>
internal static class ReleaseSection
{
    public static int SizeBytes(int releaseCount) => 8 + (16 * releaseCount);

    public static void Write(ref PayloadWriter writer, ReadOnlySpan<LeaseRelease> releases)
    {
        writer.Write((uint)releases.Length);
        writer.Write(0u);
        writer.Write(releases);
    }

    public static ReadOnlySpan<LeaseRelease> Read(scoped ref PayloadReader reader)
    {
        uint count = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        return reader.ReadSpan<LeaseRelease>(count, Limits.LeaseReleaseCountMax);
    }
}
