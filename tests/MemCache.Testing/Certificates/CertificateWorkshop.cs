using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MemCache.Core;

namespace MemCache.Testing.Certificates;

/// <summary>An authority of a test's own, which makes certificates, keys and revocation lists as PEM files in a directory. Gone when disposed.</summary>
public sealed class CertificateWorkshop : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;
    private readonly CertificateRevocationListBuilder _revoked = new();
    private int _files;
    private long _listNumber;

    public CertificateWorkshop(string name = "Test authority")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(Now.AddDays(-400), Now.AddDays(400));
        CaPath = Write("ca.pem", _authority.ExportCertificatePem());
    }

    /// <summary>Where the files are.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("mmc-tls-").FullName;

    /// <summary>The authority's certificate.</summary>
    public string CaPath { get; }

    /// <summary>Issues a certificate for this host, good for both ends, and gives the settings that use it.</summary>
    /// <param name="name">Common name.</param>
    /// <param name="host">Name or address in it.</param>
    /// <param name="from">Days from now at which it begins.</param>
    /// <param name="until">Days from now at which it ends.</param>
    /// <param name="passphrase">Encrypts the key.</param>
    public TlsOptions Issue(
        string name = "member", string host = "127.0.0.1", double from = -1, double until = 100, string? passphrase = null) =>
        Issue(name, host, from, until, passphrase, out _);

    /// <inheritdoc cref="Issue(string, string, double, double, string?)"/>
    public TlsOptions Issue(
        string name, string host, double from, double until, string? passphrase, out X509Certificate2 certificate)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        certificate = request.Create(
            _authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), Now.AddDays(from), Now.AddDays(until),
            RandomNumberGenerator.GetBytes(16));
        string prefix = $"{++_files}-{name}";
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        return new TlsOptions
        {
            Enable = true,
            CaPath = CaPath,
            CertPath = Write($"{prefix}.pem", certificate.ExportCertificatePem()),
            KeyPath = Write($"{prefix}.key", passphrase is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, parameters)),
        };
    }

    /// <summary>Puts a certificate on the authority's list.</summary>
    public void Revoke(X509Certificate2 certificate) => _revoked.AddEntry(certificate);

    /// <summary>Writes the authority's list as it is now.</summary>
    /// <param name="until">Days from now at which it ends.</param>
    public string WriteRevocationList(double until = 30)
    {
        byte[] list = _revoked.Build(
            _authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), ++_listNumber, Now.AddDays(until),
            HashAlgorithmName.SHA256, X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false),
            Now.AddDays(Math.Min(until, 0) - 1));
        return Write("ca.crl", PemEncoding.WriteString("X509 CRL", list));
    }

    /// <summary>Writes a file that only its owner can read, in the place of an older one of that name.</summary>
    public string Write(string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string path = Path.Combine(Directory, name);
        string fresh = path + ".new";
        File.WriteAllText(fresh, content);
        File.SetUnixFileMode(fresh, mode);
        File.Move(fresh, path, overwrite: true);
        return path;
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
