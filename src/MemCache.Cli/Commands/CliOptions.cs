using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MemCache.Core;

namespace MemCache.Cli;

/// <summary>Makes options whose values are checked where they are read.</summary>
internal static class CliOptions
{
    /// <summary>An option that takes a size such as <c>1.5GB</c>.</summary>
    public static Option<long?> Size(string name, string description, long min, long max) =>
        new(name)
        {
            Description = description,
            HelpName = "SIZE",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (ByteSize.TryParse(text, out long size) && size >= min && size <= max)
                {
                    return size;
                }

                string range = $"{ByteSize.Format(min)} .. {ByteSize.Format(max)}";
                result.AddError($"{name} {text}: expected a size of {range}, such as 200MB");
                return null;
            },
        };

    /// <summary>An option that takes a number.</summary>
    public static Option<int> Count(string name, string description, int standard, int min, int max)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result => CheckRange(result, name, min, max));
        return option;
    }

    private static void CheckRange(OptionResult result, string name, int min, int max)
    {
        // What is no number at all has its error already.
        if (result.Tokens.Count == 1
            && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value)
            && (value < min || value > max))
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} {value}: expected {min} .. {max}"));
        }
    }
}
