using System.Security.Cryptography;
using System.Text;
using MemCache.Core;
using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>
/// The bearer tokens of a file, one a line, so that an old and a new one can be valid at a time. All of them are padded
/// to one length: comparing them takes the same time whatever is presented. (No digests: those would load OpenSSL,
/// which a host without TLS may lack.) One thread refreshes, any thread asks.
/// </summary>
internal sealed class AccessTokens
{
    /// <summary>
    /// Shortest token: 16 characters of hexadecimal digits are 64 bits, which nobody tries out at the pace kept here.
    /// </summary>
    public const int LengthMin = 16;

    /// <summary>Longest token.</summary>
    public const int LengthMax = 1024;

    /// <summary>Tokens in the file.</summary>
    public const int CountMax = 16;

    private const string Scheme = "Bearer ";
    private const string Key = "ock.mmc.meta_service.http.token_path";

    private readonly string _path;
    private byte[][] _tokens; // replaced as a whole by the thread that refreshes
    private string _problem = ""; // refreshing thread only

    private AccessTokens(string path, byte[][] tokens)
    {
        _path = path;
        _tokens = tokens;
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="OptionsException">It can't be used.</exception>
    public static AccessTokens Open(string path) =>
        TryRead(path, out byte[][] tokens, out string error)
            ? new AccessTokens(path, tokens)
            : throw new OptionsException(error);

    /// <summary>Reads the file again if it has changed. One that can't be used leaves what was read before.</summary>
    public void Refresh(ILogger logger)
    {
        bool isRead = TryRead(_path, out byte[][] tokens, out string error);
        bool isChange = tokens.Length != _tokens.Length
            || tokens.Zip(_tokens).Any(pair => !pair.First.AsSpan().SequenceEqual(pair.Second));
        if (isRead && isChange)
        {
            Volatile.Write(ref _tokens, tokens);
            Log.TokensReloaded(logger, tokens.Length);
        }
        else if (!isRead && error != _problem)
        {
            Log.TokensNotReloaded(logger, error);
        }

        _problem = error;
    }

    /// <summary>Whether an <c>Authorization</c> header has one of the tokens.</summary>
    public bool Matches(string? header)
    {
        if (header is null || header.Length > Scheme.Length + LengthMax
            || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] presented = Padded(header.AsSpan(Scheme.Length).Trim());
        bool isFound = false;
        foreach (byte[] token in Volatile.Read(ref _tokens))
        {
            isFound |= CryptographicOperations.FixedTimeEquals(token, presented);
        }

        return isFound;
    }

    private static byte[] Padded(ReadOnlySpan<char> token)
    {
        // A token has no zeros in it, so two of different lengths differ in what is padded.
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(LengthMax)];
        _ = Encoding.UTF8.GetBytes(token, bytes);
        return bytes;
    }

    private static bool TryRead(string path, out byte[][] tokens, out string error)
    {
        tokens = [];
        byte[]? content = SecretFile.Read(path, isSecret: true, out error);
        if (content is null)
        {
            error = $"'{Key}' = '{path}': {error}";
            return false;
        }

        string[] lines = Encoding.UTF8.GetString(content)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Array.Clear(content);
        bool isLegal = lines.Length is >= 1 and <= CountMax
            && lines.All(line => line.Length is >= LengthMin and <= LengthMax && line.All(c => c is > ' ' and <= '~'));
        error = isLegal ? ""
            : $"'{Key}' = '{path}': must hold 1 .. {CountMax} tokens, one a line, of {LengthMin} .. {LengthMax} "
                + "printable characters";
        tokens = isLegal ? [.. lines.Select(line => Padded(line))] : [];
        return isLegal;
    }
}
