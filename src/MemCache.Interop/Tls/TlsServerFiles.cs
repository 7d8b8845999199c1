using MemCache.Core;

namespace MemCache.Interop;

/// <summary>The files of an end that serves, for a TLS implementation other than ours. Disposing wipes the secrets.</summary>
public sealed class TlsServerFiles : IDisposable
{
    private readonly TlsMaterial _material;

    private TlsServerFiles(TlsMaterial material) => _material = material;

    /// <summary>Certificates of the authorities; empty unless they were asked for.</summary>
    public byte[] Authorities => _material.Authorities;

    /// <summary>Revocation lists; empty if none are configured.</summary>
    public byte[] RevocationLists => _material.RevocationLists;

    /// <summary>Our certificate and those between it and the authority.</summary>
    public byte[] Chain => _material.Chain;

    /// <summary>Our private key.</summary>
    public byte[] Key => _material.Key;

    /// <summary>The key's passphrase; empty if none is configured.</summary>
    public byte[] Passphrase => _material.Passphrase;

    /// <summary>Reads all files; a decrypter runs here.</summary>
    /// <param name="options">Where they are.</param>
    /// <param name="prefix">What the configuration keys begin with.</param>
    /// <param name="needsAuthorities">Whether clients show certificates that have to be judged.</param>
    /// <param name="decrypterMs">Time that a decrypter gets.</param>
    /// <param name="error">All problems, one a line; empty: there are none.</param>
    public static TlsServerFiles Read(
        TlsOptions options, string prefix, bool needsAuthorities, int decrypterMs, out string error)
    {
        List<string> problems = [];
        TlsMaterial material = TlsMaterial.Read(options, prefix, decrypterMs, problems, needsAuthorities);
        error = string.Join(Environment.NewLine, problems);
        return new TlsServerFiles(material);
    }

    /// <inheritdoc/>
    public void Dispose() => _material.Dispose();
}
