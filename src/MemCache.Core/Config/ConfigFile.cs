namespace MemCache.Core;

/// <summary>
/// A file of <c>key = value</c> lines. A line that begins with <c>#</c> is a comment, and so is what follows a blank
/// and a <c>#</c>.
/// </summary>
public sealed class ConfigFile
{
    // LIMIT: the longest file is about 10 KB with every key and its comment; a log or an image given by mistake ends
    // here.
    private const int FileCharsMax = 1 << 20;

    private ConfigFile(string path, IReadOnlyList<ConfigEntry> entries, IReadOnlyList<ConfigProblem> errors)
    {
        Path = path;
        Entries = entries;
        Errors = errors;
    }

    /// <summary>Name of the file, for messages.</summary>
    public string Path { get; }

    /// <summary>All well-formed lines, in order.</summary>
    public IReadOnlyList<ConfigEntry> Entries { get; }

    /// <summary>One for each line that is neither a comment, empty, nor <c>key = value</c>.</summary>
    public IReadOnlyList<ConfigProblem> Errors { get; }

    /// <summary>Reads <paramref name="path"/>. A file that can't be read is one error.</summary>
    public static ConfigFile Load(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            char[] text = new char[FileCharsMax + 1];
            int length = reader.ReadBlock(text);
            return length <= FileCharsMax ? Parse(path, new string(text, 0, length)) : Unreadable(
                path, $"longer than {FileCharsMax} characters: no configuration file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Unreadable(path, $"can't be read: {exception.Message}");
        }
    }

    /// <summary>Reads the text of a file; <paramref name="path"/> is only for messages.</summary>
    public static ConfigFile Parse(string path, string text)
    {
        var entries = new List<ConfigEntry>();
        var errors = new List<ConfigProblem>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            ReadOnlySpan<char> line = WithoutComment(lines[i]).Trim();
            if (line.IsEmpty)
            {
                continue;
            }

            int equals = line.IndexOf('=');
            string key = equals < 0 ? "" : line[..equals].Trim().ToString();
            if (Unusable(line, key) is { } reason)
            {
                var origin = new ConfigOrigin(ConfigSource.File, path, i + 1);
                errors.Add(ConfigProblem.Unreadable(origin, reason));
                continue;
            }

            entries.Add(new ConfigEntry(key, line[(equals + 1)..].Trim().ToString(), i + 1));
        }

        return new ConfigFile(path, entries, errors);
    }

    // What can't be shown is not shown: the line may be anything.
    private static string? Unusable(ReadOnlySpan<char> line, string key)
    {
        foreach (char c in line)
        {
            if (c == '\uFFFD' || (char.IsControl(c) && c != '\t'))
            {
                return c == '\uFFFD' ? "not UTF-8 text" : $"control character 0x{(int)c:x2}";
            }
        }

        return key.Length == 0 ? $"'{ConfigProblem.Shown(line)}' is not of the form key = value" : null;
    }

    private static ConfigFile Unreadable(string path, string reason) =>
        new(path, [], [ConfigProblem.Unreadable(new ConfigOrigin(ConfigSource.File, path), reason)]);

    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '#' && (i == 0 || char.IsWhiteSpace(line[i - 1])))
            {
                return line[..i];
            }
        }

        return line;
    }
}
