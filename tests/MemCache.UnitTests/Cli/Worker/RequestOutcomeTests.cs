using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class RequestOutcomeTests
{
    private static readonly RequestOutcome Outcome = new()
    {
        BlockReferences = 1,
        BlockHits = 2,
        PutObjects = 3,
        VerifiedObjects = 4,
        WrongObjects = 5,
        Errors = 6,
        GetBytes = 7,
        PutBytes = 8,
        ExistTime = new TimeSpan(9),
        GetTime = new TimeSpan(10),
        PutTime = new TimeSpan(11),
        Requests = 12,
    };

    [Fact]
    public void Survives_its_way_as_a_line() => Assert.Equal(Outcome, RequestOutcome.Parse(Outcome.ToLine()));

    [Fact]
    public void A_sum_adds_every_field() => Assert.Equal(
        "2 4 6 8 10 12 14 16 18 20 22 24", (Outcome + Outcome).ToLine());

    [Theory]
    [InlineData("")]
    [InlineData("1 2 3")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 x")]
    public void Another_line_is_refused(string line) =>
        Assert.Throws<FormatException>(() => RequestOutcome.Parse(line));
}
