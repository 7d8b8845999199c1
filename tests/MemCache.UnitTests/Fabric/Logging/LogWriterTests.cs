using System.Text;
using System.Text.Json;
using MemCache.Fabric;
using MemCache.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MemCache.UnitTests.Fabric.Logging;

public sealed class LogWriterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mmc-log-").FullName;
    private readonly FakeClock _clock = new();

    private string FilePath => Path.Combine(_directory, "logs", "mmc.log");

    [Fact]
    public void A_line_has_time_level_category_event_and_message()
    {
        Write(new LogWriterOptions { Path = FilePath }, Entry("one"), Entry("two") with { Exception = "Oops: no\n   at Here()" });
        string[] lines = File.ReadAllLines(FilePath);
        Assert.Equal("2026-01-01 00:00:00.000+00:00 [WRN] MemCache.Test: [4711] one", lines[0]);
        Assert.Equal(["    Oops: no", "    at Here()"], lines[2..]);
    }

    [Fact]
    public void What_a_peer_sends_can_not_forge_a_line()
    {
        Write(new LogWriterOptions { Path = FilePath }, Entry("a\n2026-01-01 [ERR] forged\u001b[2J"));
        Assert.EndsWith(@"a\n2026-01-01 [ERR] forged\x1b[2J", Assert.Single(File.ReadAllLines(FilePath)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_json_line_has_the_values_apart()
    {
        Write(
            new LogWriterOptions { Path = FilePath, IsJson = true },
            Entry("rank \"3\"\nlost") with { Fields = [KeyValuePair.Create("Rank", "3")] });
        using var line = JsonDocument.Parse(Assert.Single(File.ReadAllLines(FilePath)));
        Assert.Equal("rank \"3\"\nlost", line.RootElement.GetProperty("message").GetString());
        Assert.Equal(4711, line.RootElement.GetProperty("event").GetInt32());
        Assert.Equal("3", line.RootElement.GetProperty("fields").GetProperty("Rank").GetString());
    }

    [Fact]
    public void Files_rotate_by_size_and_only_so_many_are_kept()
    {
        using (var file = new LogFile(FilePath, bytesMax: 100, count: 3))
        {
            for (int i = 0; i < 10; i++)
            {
                Assert.True(file.TryWrite(Encoding.UTF8.GetBytes($"{i}{new string('x', 59)}"), out _));
            }
        }

        Assert.Equal(["mmc.1.log", "mmc.2.log", "mmc.log"], Names());
        Assert.StartsWith("9", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.StartsWith("8", File.ReadAllText(FilePath.Replace(".log", ".1.log", StringComparison.Ordinal)), StringComparison.Ordinal);
        using (var fewer = new LogFile(FilePath, bytesMax: 100, count: 1))
        {
            Assert.True(fewer.TryWrite(new byte[60], out _));
        }

        Assert.Equal(["mmc.log"], Names());
        Assert.Equal(60, new FileInfo(FilePath).Length);
    }

    [Fact]
    public void A_file_that_others_moved_away_is_made_anew()
    {
        using var file = new LogFile(FilePath, 1000, 2);
        Assert.True(file.TryWrite("a"u8, out _));
        File.Delete(FilePath);
        Assert.True(file.TryWrite("b"u8, out _));
        Assert.Equal("b", File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_full_disk_is_told_once_and_the_screen_has_the_lines_until_there_is_room()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.CreateSymbolicLink(FilePath, "/dev/full");
        using var screen = new MemoryStream();
        var told = new List<string>();
        var options = new LogWriterOptions { Path = FilePath, Screen = screen, FileFailed = told.Add };
        Write(options, Entry("first"), Entry("second"), Entry("third"));
        string text = Encoding.UTF8.GetString(screen.ToArray());
        Assert.Contains("No space left", Assert.Single(told), StringComparison.Ordinal);
        Assert.Equal(2, text.Split("can't be written").Length);
        Assert.All(["first", "second", "third"], word => Assert.Contains(word, text, StringComparison.Ordinal));
        File.Delete(FilePath);
        Write(options, Entry("fourth"));
        Assert.Contains("fourth", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_tried_again_after_a_while()
    {
        string blocked = Path.Combine(_directory, "logs");
        File.WriteAllText(blocked, "not a directory");
        using var screen = new MemoryStream();
        using LogWriter writer = LogWriter.Open(new LogWriterOptions { Path = FilePath, Screen = screen }, _clock);
        Assert.NotEmpty(writer.Problem);
        File.Delete(blocked);
        _clock.Advance(LogWriter.RetryInterval);
        writer.Write(Entry("again"));
        Poll(() => File.Exists(FilePath) && File.ReadAllText(FilePath).Contains("again", StringComparison.Ordinal));
    }

    [Fact]
    public void A_screen_that_nobody_reads_stops_neither_the_caller_nor_the_file()
    {
        using var stuck = new StuckStream();
        using var writer = LogWriter.Open(
            new LogWriterOptions { Path = FilePath, Targets = LogTargets.Screen | LogTargets.File, Screen = stuck }, _clock);
        for (int i = 0; i < 20_000; i++)
        {
            writer.Write(Entry($"message {i}"));
            if (i == 0)
            {
                Poll(() => stuck.IsEntered);
            }
        }

        Poll(() => File.ReadAllText(FilePath).Contains("message 0", StringComparison.Ordinal));
        stuck.Release();
        Poll(() => stuck.Text.Contains("messages were left out: this output is too slow", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void Poll(Func<bool> condition)
    {
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)), "30 s are over");
    }

    private static LogEntry Entry(string message) => new(
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), LogLevel.Warning, "MemCache.Test", 4711, message);

    private void Write(LogWriterOptions options, params LogEntry[] entries)
    {
        using LogWriter writer = LogWriter.Open(options, _clock);
        foreach (LogEntry entry in entries)
        {
            writer.Write(entry);
        }
    }

    private string[] Names() =>
        [.. Directory.GetFiles(Path.GetDirectoryName(FilePath)!).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private sealed class StuckStream : MemoryStream
    {
        private readonly ManualResetEventSlim _gate = new(false);
        private readonly StringBuilder _text = new();
        private volatile bool _isEntered;

        public bool IsEntered => _isEntered;

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public void Release() => _gate.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _isEntered = true;
            _gate.Wait();
            lock (_text)
            {
                _text.Append(Encoding.UTF8.GetString(buffer));
            }
        }

        protected override void Dispose(bool disposing)
        {
            _gate.Set();
            base.Dispose(disposing);
        }
    }
}
