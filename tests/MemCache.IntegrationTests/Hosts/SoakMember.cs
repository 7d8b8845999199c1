using MemCache.Cli;

namespace MemCache.IntegrationTests;

/// <summary>A process with traffic, and what has become of it.</summary>
internal sealed record SoakMember(SoakProcess Process, SoakTally Tally)
{
    public long VerifiedObjects => Tally.Traffic.Read().Outcome.VerifiedObjects;
}
