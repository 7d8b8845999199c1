using MemCache.Fabric;
using MemCache.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MemCache.UnitTests.Fabric.Logging;

public class LogRepeatsTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void A_message_passes_once_and_its_repeats_are_counted()
    {
        var repeats = new LogRepeats(_clock);
        Assert.True(repeats.Admit(LogLevel.Warning, "c", 7, "peer a is gone"));
        for (int i = 0; i < 5; i++)
        {
            Assert.False(repeats.Admit(LogLevel.Warning, "c", 7, "peer a is gone"));
        }

        Assert.True(repeats.Admit(LogLevel.Warning, "c", 7, "peer b is gone"));
        Assert.True(repeats.Admit(LogLevel.Warning, "c", 8, "peer a is gone"));
        Assert.Empty(repeats.Collect());
        _clock.Advance(LogRepeats.Window);
        LogEntry entry = Assert.Single(repeats.Collect());
        Assert.Equal((LogLevel.Warning, 7, "repeated 5 times: peer a is gone"), (entry.Level, entry.EventId, entry.Message));
        Assert.True(repeats.Admit(LogLevel.Warning, "c", 7, "peer a is gone"));
    }

    [Fact]
    public void An_event_with_ever_new_values_is_bounded_too()
    {
        var repeats = new LogRepeats(_clock);
        int passed = Enumerable.Range(0, 1000).Count(i => repeats.Admit(LogLevel.Information, "c", 7, $"port {i} {{0}}"));
        Assert.Equal(LogRepeats.DifferentMax, passed);
        LogEntry entry = Assert.Single(repeats.Collect(all: true));
        Assert.Equal("800 more messages of this event were left out", entry.Message);
    }

    [Fact]
    public void Braces_in_a_message_are_only_braces()
    {
        var repeats = new LogRepeats(_clock);
        repeats.Admit(LogLevel.Error, "c", 7, "{0} {9} {");
        repeats.Admit(LogLevel.Error, "c", 7, "{0} {9} {");
        Assert.Equal("repeated 1 times: {0} {9} {", Assert.Single(repeats.Collect(all: true)).Message);
    }

    [Fact]
    public void Debug_messages_pass_all()
    {
        var repeats = new LogRepeats(_clock);
        Assert.True(repeats.Admit(LogLevel.Debug, "c", 7, "x"));
        Assert.True(repeats.Admit(LogLevel.Debug, "c", 7, "x"));
    }
}
