namespace MemCache.Core;

/// <summary>A file of <c>key = value</c> lines. A line that begins with <c>#</c> is a comment, and so is what follows a blank and a <c>#</c>.</summary>
public sealed class ConfigFile
{
    private ConfigFile(string path, IReadOnlyList<ConfigEntry> entries, IReadOnlyList<string> errors)
    {
        Path = path;
        Entries = entries;
        Errors = errors;
    }

    /// <summary>Name of the file, for messages.</summary>
    public string Path { get; }

    /// <summary>All well-formed lines, in order.</summary>
    public IReadOnlyList<ConfigEntry> Entries { get; }

    /// <summary>A sentence for each line that is neither a comment, empty, nor <c>key = value</c>.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>Reads <paramref name="path"/>. A file that can't be read is one error.</summary>
    public static ConfigFile Load(string path)
    {
        try
        {
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ConfigFile(path, [], [$"{path}: can't be read: {exception.Message}"]);
        }
    }

    /// <summary>Reads the text of a file; <paramref name="path"/> is only for messages.</summary>
    public static ConfigFile Parse(string path, string text)
    {
        var entries = new List<ConfigEntry>();
        var errors = new List<string>();
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
            if (key.Length == 0)
            {
                errors.Add($"{path}:{i + 1}: '{line}' is not of the form key = value");
                continue;
            }

            entries.Add(new ConfigEntry(key, line[(equals + 1)..].Trim().ToString(), i + 1));
        }

        return new ConfigFile(path, entries, errors);
    }

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
