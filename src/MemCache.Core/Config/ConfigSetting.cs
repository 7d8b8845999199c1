namespace MemCache.Core;

/// <summary>One configuration key: what it is called, what it may be, and how it is read and written.</summary>
/// <typeparam name="TOptions">The options that hold it.</typeparam>
/// <param name="Key">As written in the file.</param>
/// <param name="Range">Legal values, for people.</param>
/// <param name="Meaning">One sentence or less.</param>
/// <param name="Read">The current value as text, which <paramref name="Write"/> understands.</param>
/// <param name="Write">Sets it from text; <see langword="false"/> if the text is not legal, nothing changed then.</param>
public sealed record ConfigSetting<TOptions>(
    string Key, string Range, string Meaning, Func<TOptions, string> Read, Func<TOptions, string, bool> Write)
{
    /// <summary>Stands for the value of a secret key wherever people may read it.</summary>
    public const string Hidden = "***";

    /// <summary>Whether a change in the file takes effect while the program runs.</summary>
    public bool IsReloaded { get; init; }

    /// <summary>Whether the value itself is a secret, so that no message shows it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Environment variable that sets this key over the file.</summary>
    public string Variable => ConfigVariable.NameOf(Key);

    /// <summary>The value for people: <see cref="Hidden"/> where it is a secret.</summary>
    public string Show(TOptions options) => Mask(Read(options));

    /// <summary>A value of this key for people.</summary>
    public string Mask(string value) => IsSecret && value.Length > 0 ? Hidden : value;
}
