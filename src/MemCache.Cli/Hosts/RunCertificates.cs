using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MemCache.Cli;

/// <summary>
/// An authority for one run, and one certificate that names every host of it: PEM files in a directory of the caller's.
/// </summary>
internal sealed class RunCertificates
{
    // Both ends of a connection show the same certificate: a LocalService is client and server.
    private static readonly OidCollection BothEnds = [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")];
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(60);

    private readonly string _ca;
    private readonly string _certificate;
    private readonly string _key;

    /// <summary>Makes and writes them.</summary>
    /// <param name="directory">Where the files go; only this user may read it.</param>
    /// <param name="addresses">Addresses of the hosts.</param>
    /// <param name="clock">Says when they begin to be good.</param>
    public RunCertificates(string directory, IEnumerable<string> addresses, TimeProvider clock)
    {
        _ca = Path.Combine(directory, "ca.pem");
        _certificate = Path.Combine(directory, "cert.pem");
        _key = Path.Combine(directory, "key.pem");
        DateTimeOffset begin = clock.GetUtcNow() - TimeSpan.FromHours(1);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 authority = MakeAuthority(authorityKey, begin);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 member = MakeMember(key, addresses).Create(
            authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), begin, begin + Lifetime,
            RandomNumberGenerator.GetBytes(16));
        WriteOwn(_ca, authority.ExportCertificatePem());
        WriteOwn(_certificate, member.ExportCertificatePem());
        WriteOwn(_key, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The keys of a MetaService's configuration.</summary>
    public IEnumerable<string> MetaSettings =>
        Settings("ock.mmc.tls", " = ").Concat(Settings("ock.mmc.config_store.tls", " = "));

    /// <summary>The keys of a LocalService's configuration.</summary>
    public IEnumerable<string> LocalSettings => Settings("ock.mmc.tls", "=")
        .Concat(Settings("ock.mmc.config_store.tls", "="))
        .Concat(Settings("ock.mmc.local_service.hcom.tls", "="));

    private IEnumerable<string> Settings(string group, string equals) =>
    [
        $"{group}.enable{equals}true", $"{group}.ca.path{equals}{_ca}", $"{group}.cert.path{equals}{_certificate}",
        $"{group}.key.path{equals}{_key}",
    ];

    private static X509Certificate2 MakeAuthority(ECDsa key, DateTimeOffset begin)
    {
        var request = new CertificateRequest("CN=MemCache run", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(begin, begin + Lifetime);
    }

    private static CertificateRequest MakeMember(ECDsa key, IEnumerable<string> addresses)
    {
        var request = new CertificateRequest("CN=MemCache run member", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string address in addresses)
        {
            names.AddIpAddress(IPAddress.Parse(address));
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(BothEnds, false));
        return request;
    }

    private static void WriteOwn(string path, string pem)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsLinux())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(pem);
    }
}
