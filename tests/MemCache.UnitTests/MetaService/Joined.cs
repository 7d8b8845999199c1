using MemCache.Core;

namespace MemCache.UnitTests.MetaService;

/// <summary>What a join reply said.</summary>
internal readonly record struct Joined(
    SessionId Session, RankId Rank, SegmentId Segment, ulong InstanceId, ulong RegistryVersion, string UnixSocketPath);
