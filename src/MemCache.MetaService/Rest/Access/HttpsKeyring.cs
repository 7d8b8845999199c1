using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;

namespace MemCache.MetaService;

/// <summary>
/// What a TLS handshake of the HTTP side uses: the files of <c>ock.mmc.tls</c>, whether or not data requests are
/// encrypted. One thread refreshes; connections made after that use what it has read.
/// </summary>
internal sealed class HttpsKeyring : IDisposable
{
    private const string Prefix = MetaServiceOptions.TlsPrefix;
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const int DecrypterMs = 10_000;

    private readonly TlsOptions _files;
    private readonly string _clientCertificate;
    private readonly TimeProvider _time;
    private SslServerAuthenticationOptions _options; // replaced by the thread that refreshes, like what follows
    private X509Certificate2 _certificate;
    private string _seen;

    private HttpsKeyring(MetaServiceOptions options, TimeProvider time)
    {
        _files = options.Tls;
        _clientCertificate = options.HttpClientCertificate;
        _time = time;
        _seen = TlsKeyring.Fingerprint(_files);
        (_options, _certificate) = Load();
    }

    /// <summary>For the next handshake.</summary>
    public SslServerAuthenticationOptions Options => Volatile.Read(ref _options);

    /// <summary>Seconds until our certificate expires; negative: it has.</summary>
    public long SecondsUntilExpiry =>
        (long)(Volatile.Read(ref _certificate).NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime).TotalSeconds;

    private bool TakesClientCertificates => _clientCertificate != "off";

    /// <summary>Reads the files.</summary>
    /// <exception cref="OptionsException">One can't be used; the text has all problems, one a line.</exception>
    public static HttpsKeyring Open(MetaServiceOptions options, TimeProvider time) => new(options, time);

    /// <summary>Reads the files again if one has changed. What can't be used leaves what was read before.</summary>
    public void Refresh(ILogger logger)
    {
        string now = TlsKeyring.Fingerprint(_files);
        if (now == _seen)
        {
            return;
        }

        _seen = now;
        try
        {
            (SslServerAuthenticationOptions options, X509Certificate2 certificate) = Load();
            // The old certificate is left to the collector: a handshake may be using it at this moment.
            Volatile.Write(ref _options, options);
            Volatile.Write(ref _certificate, certificate);
            Log.HttpsReloaded(logger, certificate.Subject, SecondsUntilExpiry / 86_400);
        }
        catch (OptionsException exception)
        {
            Log.HttpsNotReloaded(logger, exception.Message);
        }
    }

    public void Dispose() => _certificate.Dispose();

    private (SslServerAuthenticationOptions Options, X509Certificate2 Certificate) Load()
    {
        using TlsServerFiles files = TlsServerFiles.Read(_files, Prefix, TakesClientCertificates, DecrypterMs,
            out string error);
        if (error.Length > 0)
        {
            throw new OptionsException(error);
        }

        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPem(Encoding.UTF8.GetString(files.Chain));
            X509Certificate2 certificate = LoadCertificate(files);
            chain.RemoveAt(0);
            return (MakeOptions(SslStreamCertificateContext.Create(certificate, chain, offline: true), files),
                certificate);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new OptionsException($"'{Prefix}.cert.path', '{Prefix}.key.path': {exception.Message}");
        }
    }

    private static X509Certificate2 LoadCertificate(TlsServerFiles files)
    {
        char[] key = Encoding.UTF8.GetChars(files.Key);
        char[] passphrase = Encoding.UTF8.GetChars(files.Passphrase);
        char[] certificate = Encoding.UTF8.GetChars(files.Chain);
        try
        {
            return passphrase.Length == 0
                ? X509Certificate2.CreateFromPem(certificate, key)
                : X509Certificate2.CreateFromEncryptedPem(certificate, key, passphrase);
        }
        finally
        {
            Array.Clear(key);
            Array.Clear(passphrase);
        }
    }

    private SslServerAuthenticationOptions MakeOptions(SslStreamCertificateContext certificate, TlsServerFiles files)
    {
        X509Certificate2Collection authorities = [];
        if (TakesClientCertificates)
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(files.Authorities));
        }

        RevocationLists revoked = RevocationLists.Read(files.RevocationLists);
        bool isRequired = _clientCertificate == "required";
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate,
            ClientCertificateRequired = TakesClientCertificates,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowRenegotiation = false,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, presented, chain, _) => presented is X509Certificate2 client
                ? IsTrusted(client, chain, authorities, revoked)
                : !isRequired,
        };
    }

    private bool IsTrusted(
        X509Certificate2 client, X509Chain? presented, X509Certificate2Collection authorities, RevocationLists revoked)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUsage));
        foreach (X509ChainElement element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(client) && revoked.Allow(chain, _time.GetUtcNow());
    }
}
