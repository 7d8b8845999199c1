using MemCache.Core;

namespace MemCache.Interop;

/// <summary>
/// The files of one kind of connection, read into memory: what is judged is what is used, whatever happens to the files
/// meanwhile. Disposing wipes it.
/// </summary>
internal sealed class TlsMaterial : IDisposable
{
    private TlsMaterial()
    {
    }

    /// <summary>Certificates of the authorities.</summary>
    public byte[] Authorities { get; private set; } = [];

    /// <summary>Revocation lists; empty if none are configured.</summary>
    public byte[] RevocationLists { get; private set; } = [];

    /// <summary>Our certificate and those between it and the authority.</summary>
    public byte[] Chain { get; private set; } = [];

    /// <summary>Our private key.</summary>
    public byte[] Key { get; private set; } = [];

    /// <summary>The key's passphrase; empty if none is configured.</summary>
    public byte[] Passphrase { get; private set; } = [];

    /// <summary>Reads all files; a decrypter runs here.</summary>
    /// <param name="options">Where they are.</param>
    /// <param name="prefix">What the configuration keys begin with.</param>
    /// <param name="decrypterMs">Time that a decrypter gets.</param>
    /// <param name="problems">A sentence is added for each that can't be used.</param>
    /// <param name="needsAuthorities">Whether the peer's certificate is judged.</param>
    public static TlsMaterial Read(
        TlsOptions options, string prefix, int decrypterMs, List<string> problems, bool needsAuthorities = true)
    {
        byte[] Get(string key, string path, bool isSecret)
        {
            byte[]? content = SecretFile.Read(path, isSecret, out string error);
            if (content is null)
            {
                problems.Add($"'{prefix}.{key}' = '{path}': {error}");
            }

            return content ?? [];
        }

        var material = new TlsMaterial
        {
            Authorities = needsAuthorities ? Get("ca.path", options.CaPath, isSecret: false) : [],
            Chain = Get("cert.path", options.CertPath, isSecret: false),
            Key = Get("key.path", options.KeyPath, isSecret: true),
        };
        if (options.CaCrlPath.Length > 0 && needsAuthorities)
        {
            material.RevocationLists = Get("ca.crl.path", options.CaCrlPath, isSecret: false);
        }

        if (options.KeyPassPath.Length > 0)
        {
            // What a decrypter is needed for is no secret by itself, but nobody else's business either.
            material.Passphrase = Get("key.pass.path", options.KeyPassPath, isSecret: true);
        }

        if (options.DecrypterPath.Length > 0 && problems.Count == 0)
        {
            material.Decrypt(options.DecrypterPath, prefix, decrypterMs, problems);
        }

        material.Passphrase = WithoutLineEnd(material.Passphrase);
        return material;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.Clear(Key);
        Array.Clear(Passphrase);
    }

    private void Decrypt(string path, string prefix, int timeoutMs, List<string> problems)
    {
        byte[]? plain = DecrypterCommand.Run(path, Passphrase, out string error, timeoutMs);
        Array.Clear(Passphrase);
        Passphrase = plain ?? [];
        if (plain is null)
        {
            problems.Add($"'{prefix}.decrypter.path' = '{path}': {error}");
        }
    }

    // Editors and echo end a file with a line end that is no part of the passphrase.
    private static byte[] WithoutLineEnd(byte[] text)
    {
        int length = text.AsSpan().TrimEnd("\r\n"u8).Length;
        if (length == text.Length)
        {
            return text;
        }

        byte[] trimmed = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        text.AsSpan(0, length).CopyTo(trimmed);
        Array.Clear(text);
        return trimmed;
    }
}
