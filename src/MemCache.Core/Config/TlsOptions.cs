namespace MemCache.Core;

/// <summary>One group of TLS settings.</summary>
public sealed class TlsOptions
{
    /// <summary>Whether the connection is to be encrypted.</summary>
    public bool Enable { get; set; }

    /// <summary>Certificate authority file.</summary>
    public string CaPath { get; set; } = "";

    /// <summary>Certificate revocation list file.</summary>
    public string CaCrlPath { get; set; } = "";

    /// <summary>Certificate file.</summary>
    public string CertPath { get; set; } = "";

    /// <summary>Private key file.</summary>
    public string KeyPath { get; set; } = "";

    /// <summary>File with the key's passphrase.</summary>
    public string KeyPassPath { get; set; } = "";

    /// <summary>Directory of the TLS libraries; not needed here, accepted for existing files.</summary>
    public string PackagePath { get; set; } = "";

    /// <summary>Library that decrypts the passphrase.</summary>
    public string DecrypterPath { get; set; } = "";

    internal static void AddTo<TOptions>(
        ConfigTable<TOptions> table, string prefix, bool withPackage, Func<TOptions, TlsOptions> group)
        where TOptions : class, new()
    {
        const int LengthMax = 255;
        table.Bool($"{prefix}.enable", "encrypt this connection", o => group(o).Enable, (o, v) => group(o).Enable = v)
            .Text($"{prefix}.ca.path", LengthMax, "CA file", o => group(o).CaPath, (o, v) => group(o).CaPath = v)
            .Text($"{prefix}.ca.crl.path", LengthMax, "revocation list", o => group(o).CaCrlPath, (o, v) => group(o).CaCrlPath = v)
            .Text($"{prefix}.cert.path", LengthMax, "certificate", o => group(o).CertPath, (o, v) => group(o).CertPath = v)
            .Text($"{prefix}.key.path", LengthMax, "private key", o => group(o).KeyPath, (o, v) => group(o).KeyPath = v)
            .Text($"{prefix}.key.pass.path", LengthMax, "file with the key's passphrase",
                o => group(o).KeyPassPath, (o, v) => group(o).KeyPassPath = v)
            .Text($"{prefix}.decrypter.path", LengthMax, "library that decrypts the passphrase",
                o => group(o).DecrypterPath, (o, v) => group(o).DecrypterPath = v);
        if (withPackage)
        {
            table.Text($"{prefix}.package.path", LengthMax, "directory of TLS libraries",
                o => group(o).PackagePath, (o, v) => group(o).PackagePath = v);
        }
    }
}
