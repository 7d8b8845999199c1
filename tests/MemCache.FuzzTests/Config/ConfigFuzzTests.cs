using System.Globalization;
using System.Text;
using MemCache.Core;
using Xunit;

namespace MemCache.FuzzTests.Config;

/// <summary>
/// No text makes the configuration's reader throw, take long, or accept an illegal value. What is legal is said here once
/// more, by other means than the reader's.
/// </summary>
public class ConfigFuzzTests
{
    private const int Rounds = 1500;
    private const int NoiseBytesMax = 400;

    private static readonly string[] Values =
    [
        "0", "1", "-1", "+1", "00", "007", "1.5", "1e3", "0x10", "99999999999999999999", "2147483647", "2147483648", "true",
        "TRUE", "False", "yes", "", " ", "1KB", "1kb", "1 KiB", "2.5G", "1TB", "1.0001TB", "-1GB", "1 i", "B", "GB", "1BB",
        ".5G", "5.", "NaN", "1,5", "tcp://[::1]:5000", "tcp://[::1]", "tcp://::1:5000", "tcp://host:5000", "tcp://-h:5000",
        "tcp://256.1.1.1:5000", "tcp://1.2.3:5000", "tcp://01.2.3.4:5000", "tcp://h:0", "tcp://h:65536", "tcp://h: 5000",
        "tcp://h:+5000", "http://h:8000", "https://h:8000", "unix:///", "unix:///a", "unix://a", "TCP://H:5000",
        "tcp://u@h:5000", "info", "INFO", "info ", "information", "screen", "a\0", "1\0", "true\0", "1GB\0", "a\tb", "\u001b[31m",
        "\uFFFD", "١٢", "ｔｒｕｅ", new string('a', 255), new string('a', 256), new string('9', 5000), "# x", "a # b",
    ];

    private static readonly string[] Frames =
    [
        "{0} = {1}", "{0}={1}", "  {0}\t=\t{1}  ", "{0} = {1} # comment", "#{0} = {1}", "{0} {1}", "= {1}", "{0} =", "{0} == {1}",
        "\uFEFF{0} = {1}", "{0} = {1}\r", "\0{0} = {1}", "[{0}]\n{1}", "{0}\n= {1}",
    ];

    [Fact]
    public void Noise_is_harmless()
    {
        SplitMix64 random = FuzzSeed.Random(31);
        for (int i = 0; i < Rounds * FuzzSeed.Effort; i++)
        {
            Check(Encoding.UTF8.GetString(Mutation.Noise(NoiseBytesMax, random)));
        }
    }

    [Fact]
    public void Lines_of_known_keys_with_all_kinds_of_values_are_harmless()
    {
        SplitMix64 random = FuzzSeed.Random(32);
        string[] keys = [.. Keys(), "ock.mmc.no_such_key", "ubsio.standalone.x", "OCK.MMC.LOG_LEVEL"];
        for (int i = 0; i < Rounds * FuzzSeed.Effort; i++)
        {
            var text = new StringBuilder();
            for (int line = 1 + (int)random.Below(8); line > 0; line--)
            {
                string frame = Pick(Frames, random);
                text.AppendFormat(CultureInfo.InvariantCulture, frame, Pick(keys, random), Pick(Values, random)).Append('\n');
            }

            Check(text.ToString());
        }
    }

    [Fact]
    public void Every_key_with_every_kind_of_value_is_harmless()
    {
        foreach (string key in Keys())
        {
            foreach (string value in Values)
            {
                Check($"{key} = {value}");
            }
        }
    }

    [Fact]
    public void Changed_files_are_harmless()
    {
        SplitMix64 random = FuzzSeed.Random(33);
        byte[][] files = [.. new[] { Defaults(MetaServiceOptions.Table), Defaults(LocalServiceOptions.Table) }.Select(Encoding.UTF8.GetBytes)];
        for (int i = 0; i < Rounds / 3 * FuzzSeed.Effort; i++)
        {
            Check(Encoding.UTF8.GetString(Mutation.Of(files[i % files.Length], 0, random)));
        }
    }

    [Fact]
    public void Values_by_environment_and_command_line_are_checked_like_those_of_a_file()
    {
        foreach (ConfigSetting<MetaServiceOptions> setting in MetaServiceOptions.Table.Settings)
        {
            foreach (string value in Values)
            {
                ConfigReading<MetaServiceOptions> reading = MetaServiceOptions.Table.Read(
                    null, name => name == setting.Variable ? value : null, [(setting.Key, value)]);
                CheckReading(MetaServiceOptions.Table, reading, value);
            }
        }
    }

    [Fact]
    public void A_file_without_an_end_ends()
    {
        ConfigFile file = ConfigFile.Load("/dev/zero");
        Assert.Single(file.Errors);
    }

    [Fact]
    public void A_long_file_is_read_in_time_that_grows_with_it_only()
    {
        // As long as a file may be; were the time quadratic, this would take minutes.
        string text = string.Concat(Enumerable.Repeat("ock.mmc.log_level = info\n", 40_000));
        Assert.Equal(39_999, MetaServiceOptions.Table.Read(ConfigFile.Parse("long", text)).Warnings.Count);
        Check(new string('=', 1 << 20));
        Check(new string('#', 1 << 20));
    }

    private static void Check(string text)
    {
        ConfigFile file = ConfigFile.Parse("fuzz", text);
        CheckReading(MetaServiceOptions.Table, MetaServiceOptions.Table.Read(file), text);
        CheckReading(LocalServiceOptions.Table, LocalServiceOptions.Table.Read(file), text);
    }

    private static void CheckReading<TOptions>(
        ConfigTable<TOptions> table, ConfigReading<TOptions> reading, string text)
        where TOptions : class, new()
    {
        foreach (ConfigSetting<TOptions> setting in table.Settings)
        {
            string value = setting.Read(reading.Options);
            Assert.True(ConfigOracle.IsLegal(setting.Key, setting.Range, value),
                $"{setting.Key} = '{value}' was accepted, {setting.Range} is legal; {FuzzSeed.Hint}; text:\n{text}");
            Assert.True(setting.Write(new TOptions(), value), $"{setting.Key} = '{value}' is not read again");
        }

        Assert.All(reading.Problems, problem => Assert.DoesNotContain(problem.Text, c => char.IsControl(c) && c != '\t'));
    }

    private static string Defaults<TOptions>(ConfigTable<TOptions> table)
        where TOptions : class, new() =>
        string.Concat(table.Settings.Select(setting => $"{setting.Key} = {setting.Read(new TOptions())}\n"));

    private static string[] Keys() =>
    [
        .. MetaServiceOptions.Table.Settings.Select(setting => setting.Key)
            .Union(LocalServiceOptions.Table.Settings.Select(setting => setting.Key)),
    ];

    private static string Pick(string[] from, SplitMix64 random) => from[random.Below(from.Length)];
}
