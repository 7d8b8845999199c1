namespace MemCache.Core;

/// <summary>
/// One group of TLS settings: of the data requests, of membership, or of the data path. Files are in PEM form. With
/// <see cref="Enable"/>, both ends show a certificate and check the other's.
/// </summary>
public sealed class TlsOptions
{
    /// <summary>Whether the connection is to be encrypted.</summary>
    public bool Enable { get; set; }

    /// <summary>Certificates of the authorities whose word is taken.</summary>
    public string CaPath { get; set; } = "";

    /// <summary>Revocation lists of the authorities; empty: none are checked.</summary>
    public string CaCrlPath { get; set; } = "";

    /// <summary>Our certificate, followed by those between it and the authority.</summary>
    public string CertPath { get; set; } = "";

    /// <summary>Our private key; nobody else may read it.</summary>
    public string KeyPath { get; set; } = "";

    /// <summary>File with the key's passphrase; empty: the key is not encrypted.</summary>
    public string KeyPassPath { get; set; } = "";

    /// <summary>Directory of the OpenSSL libraries; empty: the system's.</summary>
    public string PackagePath { get; set; } = "";

    /// <summary>
    /// Program that gets the content of <see cref="KeyPassPath"/> on its standard input and prints the passphrase;
    /// empty: the file holds it.
    /// </summary>
    public string DecrypterPath { get; set; } = "";

    /// <summary>Every file that is named, with the rest of its key.</summary>
    public IEnumerable<(string Key, string Path)> Files()
    {
        (string Key, string Path)[] all =
        [
            ("ca.path", CaPath), ("ca.crl.path", CaCrlPath), ("cert.path", CertPath), ("key.path", KeyPath),
            ("key.pass.path", KeyPassPath), ("decrypter.path", DecrypterPath),
        ];
        return all.Where(file => file.Path.Length > 0);
    }

    /// <summary>Adds a sentence for each setting that is missing, or names a file that is not there.</summary>
    internal void Validate(string prefix, List<string> problems)
    {
        if (Enable)
        {
            Validate(prefix, $"'{prefix}.enable' = 'true'", needsAuthorities: true, problems);
        }
    }

    /// <summary>As the other; <paramref name="reason"/> is what needs the files.</summary>
    internal void Validate(string prefix, string reason, bool needsAuthorities, List<string> problems)
    {
        (string Key, string Path)[] needed =
            [("ca.path", needsAuthorities ? CaPath : "-"), ("cert.path", CertPath), ("key.path", KeyPath)];
        foreach ((string key, _) in needed.Where(file => file.Path.Length == 0))
        {
            problems.Add($"'{prefix}.{key}' is not given; {reason} needs it");
        }

        if (DecrypterPath.Length > 0 && KeyPassPath.Length == 0)
        {
            problems.Add($"'{prefix}.key.pass.path' is not given; '{prefix}.decrypter.path' needs it");
        }

        foreach ((string key, string path) in Files().Where(file => !File.Exists(file.Path)))
        {
            problems.Add($"'{prefix}.{key}' = '{path}': there is no such file");
        }

        if (PackagePath.Length > 0 && !Directory.Exists(PackagePath))
        {
            problems.Add($"'{prefix}.package.path' = '{PackagePath}': there is no such directory");
        }
    }

    internal static void AddTo<TOptions>(
        ConfigTable<TOptions> table, string prefix, bool withPackage, Func<TOptions, TlsOptions> group)
        where TOptions : class, new()
    {
        const int LengthMax = 255;
        void AddPath(string key, string meaning, Func<TlsOptions, string> read, Action<TlsOptions, string> write) =>
            table.Text($"{prefix}.{key}", LengthMax, meaning, o => read(group(o)), (o, v) => write(group(o), v));

        table.Bool(
            $"{prefix}.enable", "TLS, with certificates on both ends; needs ca.path, cert.path and key.path",
            o => group(o).Enable, (o, v) => group(o).Enable = v);
        AddPath("ca.path", "certificates of the authorities (PEM), read again when it changes", o => o.CaPath, (o, v) => o.CaPath = v);
        AddPath("ca.crl.path", "revocation lists (PEM), read again when it changes", o => o.CaCrlPath, (o, v) => o.CaCrlPath = v);
        AddPath(
            "cert.path", "our certificate and those between it and the authority (PEM), read again when it changes",
            o => o.CertPath, (o, v) => o.CertPath = v);
        AddPath("key.path", "private key (PEM, mode 0600), read again when it changes", o => o.KeyPath, (o, v) => o.KeyPath = v);
        AddPath("key.pass.path", "file with the key's passphrase", o => o.KeyPassPath, (o, v) => o.KeyPassPath = v);
        AddPath(
            "decrypter.path", "program that reads key.pass.path on stdin and prints the passphrase",
            o => o.DecrypterPath, (o, v) => o.DecrypterPath = v);
        if (withPackage)
        {
            AddPath(
                "package.path", "directory of libssl and libcrypto; empty: the system's",
                o => o.PackagePath, (o, v) => o.PackagePath = v);
        }
    }
}
