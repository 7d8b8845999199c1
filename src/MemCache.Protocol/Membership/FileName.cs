namespace MemCache.Protocol;

/// <summary>What a name of a file in the shared-memory directory may be.</summary>
public static class FileName
{
    /// <summary>
    /// Whether the name is empty (no file) or consists of letters, digits, dot, dash and underscore and does not begin with a dot. It is
    /// opened below a directory by others than its sender, so nothing in it may lead elsewhere.
    /// </summary>
    public static bool IsLegal(ReadOnlySpan<byte> name)
    {
        foreach (byte letter in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'.' or (byte)'-' or (byte)'_'))
            {
                return false;
            }
        }

        return name.IsEmpty || name[0] != (byte)'.';
    }
}
