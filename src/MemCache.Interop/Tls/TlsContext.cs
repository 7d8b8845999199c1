using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using MemCache.Core;
using Microsoft.Win32.SafeHandles;

namespace MemCache.Interop;

/// <summary>
/// What all encrypted connections of one kind share: certificate, key, authorities, revocation lists and rules. Both
/// ends of a connection show a certificate and check the other's. Immutable and thread-safe; connections outlive it.
/// </summary>
public sealed unsafe class TlsContext : SafeHandleZeroOrMinusOneIsInvalid, IChannelFactory
{
    private const int VersionTls12 = 0x0303;
    private const int ControlMode = 33;
    private const int ControlSetSessionCache = 44;
    private const int ControlSetReadAhead = 41;
    private const int ControlExtraChainCertificate = 14;
    private const int ControlSetMinVersion = 123;
    private const int ControlSetHostName = 55;
    private const nint ModePartialWrite = 1;
    private const nint ModeMovingWriteBuffer = 2;
    private const nint ModeAutoRetry = 4;
    private const nint ModeReleaseBuffers = 16;
    private const ulong OptionNoTicket = 0x4000;
    private const ulong OptionNoCompression = 0x20000;
    private const ulong OptionServerPreference = 0x400000;
    private const ulong OptionNoRenegotiation = 0x40000000;
    private const int VerifyPeerOrFail = 1 | 2;
    private const uint CheckRevocation = 0x4 | 0x8;
    private const uint HostSubjectNever = 0x20;
    private const uint HostNoPartialWildcards = 0x4;

    // Several records come with one call of the kernel.
    private const int ReadBufferBytes = 64 << 10;

    private readonly OpenSslCalls _calls = OpenSslLibrary.Calls;

    private static nint PassphraseCallback => (nint)(delegate* unmanaged[Cdecl]<byte*, int, int, nint, int>)&GivePassphrase;

    private TlsContext(nint context)
        : base(ownsHandle: true) => SetHandle(context);

    /// <summary>Seconds from its making until the first certificate of our chain, or revocation list, expires;
    /// negative: it has.</summary>
    public long SecondsUntilExpiry { get; private set; } = long.MaxValue;

    /// <summary>Which file that is: "cert.path" or "ca.crl.path".</summary>
    public string ExpiresFirst { get; private set; } = "cert.path";

    /// <summary>Our certificate's subject, for people.</summary>
    public string Subject { get; private set; } = "";

    /// <summary>OpenSSL's name and version.</summary>
    public string LibraryText => Marshal.PtrToStringUTF8((nint)_calls.OpenSslVersion(0)) ?? "";

    /// <summary>Reads the files and makes a context of them; loads OpenSSL if this is the first one. A decrypter runs
    /// here: up to 10 s.</summary>
    /// <param name="options">Where the files are.</param>
    /// <param name="prefix">What the configuration keys begin with, for messages.</param>
    /// <param name="context">The context, if there are no problems.</param>
    /// <param name="problems">A sentence for each thing that is wrong, with its key.</param>
    /// <param name="decrypterMs">Time that a decrypter gets.</param>
    public static bool TryCreate(
        TlsOptions options, string prefix, out TlsContext? context, out IReadOnlyList<string> problems,
        int decrypterMs = DecrypterCommand.TimeoutMs)
    {
        context = null;
        var found = new List<string>();
        problems = found;
        if (!OpenSslLibrary.TryLoad(options.PackagePath, out string error))
        {
            found.Add($"'{prefix}.package.path' = '{options.PackagePath}': {error}");
            return false;
        }

        using TlsMaterial material = TlsMaterial.Read(options, prefix, decrypterMs, found);
        if (found.Count > 0)
        {
            return false;
        }

        OpenSslCalls calls = OpenSslLibrary.Calls;
        calls.ErrClearError();
        var made = new TlsContext(calls.SslCtxNew(calls.TlsMethod()));
        made.SetRules(found, prefix);
        made.UseAuthorities(material.Authorities, found, $"'{prefix}.ca.path' = '{options.CaPath}'");
        made.UseRevocationLists(material.RevocationLists, found, $"'{prefix}.ca.crl.path' = '{options.CaCrlPath}'");
        nint leaf = made.UseChain(material.Chain, found, $"'{prefix}.cert.path' = '{options.CertPath}'");
        made.UseKey(material, leaf, found, prefix, options);
        if (leaf != 0)
        {
            calls.X509Free(leaf);
        }

        calls.ErrClearError();
        if (found.Count > 0)
        {
            made.Dispose();
            return false;
        }

        context = made;
        return true;
    }

    /// <inheritdoc/>
    public SocketChannel Accept(SocketHandle socket)
    {
        nint ssl = NewSession(out TlsBioState* state);
        Bind(ssl, state, socket);
        _calls.SslSetAcceptState(ssl);
        return new TlsChannel(socket, ssl, state, "");
    }

    /// <inheritdoc/>
    public SocketChannel Connect(SocketHandle socket, string host)
    {
        nint ssl = NewSession(out TlsBioState* state);
        Bind(ssl, state, socket);
        _calls.SslSetConnectState(ssl);
        ExpectHost(ssl, host);
        return new TlsChannel(socket, ssl, state, host);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSslLibrary.Calls.SslCtxFree(handle);
        return true;
    }

    private nint NewSession(out TlsBioState* state)
    {
        bool isHeld = false;
        DangerousAddRef(ref isHeld);
        try
        {
            nint ssl = _calls.SslNew(handle);
            // SAFETY: freed by the channel, after OpenSSL's side.
            state = (TlsBioState*)NativeMemory.AllocZeroed((nuint)sizeof(TlsBioState));
            nint bio = ssl == 0 ? 0 : TlsBio.New(state);
            if (bio == 0)
            {
                NativeMemory.Free(state);
                throw new InsufficientMemoryException("OpenSSL has no memory for a connection");
            }

            _calls.SslSetBio(ssl, bio, bio);
            return ssl;
        }
        finally
        {
            DangerousRelease();
        }
    }

    // The descriptor stays the socket's: every call of the channel holds the handle while OpenSSL uses the number.
    private static void Bind(nint ssl, TlsBioState* state, SocketHandle socket) =>
        state->Descriptor = ssl == 0 ? -1 : (int)socket.DangerousGetHandle();

    private void ExpectHost(nint ssl, string host)
    {
        nint parameters = _calls.SslGet0Param(ssl);
        _calls.X509VerifyParamSetHostflags(parameters, HostSubjectNever | HostNoPartialWildcards);
        byte[] name = Encoding.UTF8.GetBytes(host + '\0');
        int result;
        fixed (byte* text = name)
        {
            // SAFETY: OpenSSL copies the name.
            bool isAddress = IPAddress.TryParse(host, out _);
            result = isAddress
                ? _calls.X509VerifyParamSet1IpAsc(parameters, text)
                : _calls.X509VerifyParamSet1Host(parameters, text, 0);
            if (!isAddress)
            {
                _ = _calls.SslCtrl(ssl, ControlSetHostName, 0, (nint)text);
            }
        }

        // A name that can't be set must not pass for no name.
        Invariant.Require(result == 1 && host.Length > 0, "OpenSSL takes the host name");
    }

    private void SetRules(List<string> problems, string prefix)
    {
        _ = _calls.SslCtxSetOptions(
            handle, OptionNoTicket | OptionNoCompression | OptionServerPreference | OptionNoRenegotiation);
        _ = _calls.SslCtxCtrl(
            handle, ControlMode, ModePartialWrite | ModeMovingWriteBuffer | ModeAutoRetry | ModeReleaseBuffers, 0);
        _ = _calls.SslCtxCtrl(handle, ControlSetSessionCache, 0, 0);
        _ = _calls.SslCtxSetNumTickets(handle, 0);
        _ = _calls.SslCtxCtrl(handle, ControlSetReadAhead, 1, 0);
        _calls.SslCtxSetDefaultReadBufferLen(handle, ReadBufferBytes);
        _calls.SslCtxSetVerify(handle, VerifyPeerOrFail, TlsBio.VerifyCallback);
        bool isSet = _calls.SslCtxCtrl(handle, ControlSetMinVersion, VersionTls12, 0) == 1;
        // 128 bits first: the fastest, and beyond anybody's reach.
        fixed (byte* older = "ECDHE+AESGCM:ECDHE+CHACHA20\0"u8)
        fixed (byte* newer = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256\0"u8)
        {
            isSet &= _calls.SslCtxSetCipherList(handle, older) == 1 && _calls.SslCtxSetCiphersuites(handle, newer) == 1;
        }

        if (!isSet)
        {
            problems.Add($"'{prefix}.enable': this OpenSSL does not offer TLS 1.2 with its usual ciphers");
        }
    }

    private void UseAuthorities(byte[] pem, List<string> problems, string what)
    {
        nint store = _calls.SslCtxGetCertStore(handle);
        int count = 0;
        ForEachCertificate(pem, certificate =>
        {
            count += _calls.X509StoreAddCert(store, certificate) == 1 ? 1 : 0;
            _ = _calls.SslCtxAddClientCa(handle, certificate);
            _calls.X509Free(certificate);
        });
        if (count == 0)
        {
            problems.Add($"{what}: holds no certificate in PEM form");
        }
    }

    private void UseRevocationLists(byte[] pem, List<string> problems, string what)
    {
        if (pem.Length == 0)
        {
            return;
        }

        nint store = _calls.SslCtxGetCertStore(handle);
        int count = 0;
        ForEach(pem, _calls.PemReadBioX509Crl, list =>
        {
            count += _calls.X509StoreAddCrl(store, list) == 1 ? 1 : 0;
            NoteExpiry(_calls.X509CrlGet0NextUpdate(list), "ca.crl.path");
            _calls.X509CrlFree(list);
        });
        _ = _calls.X509StoreSetFlags(store, CheckRevocation);
        if (count == 0)
        {
            problems.Add($"{what}: holds no revocation list in PEM form");
        }
    }

    private nint UseChain(byte[] pem, List<string> problems, string what)
    {
        nint leaf = 0;
        bool isUsed = true;
        ForEachCertificate(pem, certificate =>
        {
            NoteExpiry(_calls.X509Get0NotAfter(certificate), "cert.path");
            if (leaf == 0)
            {
                leaf = certificate;
                isUsed = _calls.SslCtxUseCertificate(handle, certificate) == 1;
                byte* subject = stackalloc byte[TlsBioState.SubjectBytes];
                _ = _calls.X509NameOneline(_calls.X509GetSubjectName(certificate), subject, TlsBioState.SubjectBytes);
                Subject = Marshal.PtrToStringUTF8((nint)subject) ?? "";
            }
            else if (_calls.SslCtxCtrl(handle, ControlExtraChainCertificate, 0, certificate) != 1)
            {
                _calls.X509Free(certificate);
            }
        });
        if (leaf == 0 || !isUsed)
        {
            problems.Add(leaf == 0
                ? $"{what}: holds no certificate in PEM form"
                : $"{what}: {TlsErrors.Words(_calls, _calls.ErrGetError())}");
        }

        return leaf;
    }

    private void UseKey(TlsMaterial material, nint leaf, List<string> problems, string prefix, TlsOptions options)
    {
        nint key = ReadKey(material, out bool wasAsked);
        string what = $"'{prefix}.key.path' = '{options.KeyPath}'";
        if (key == 0)
        {
            problems.Add(!wasAsked ? $"{what}: holds no private key in PEM form"
                : material.Passphrase.Length == 0
                    ? $"{what}: is encrypted, and '{prefix}.key.pass.path' gives no passphrase"
                    : $"{what}: can't be decrypted with the passphrase of '{prefix}.key.pass.path'");
            return;
        }

        if (leaf != 0 && _calls.X509CheckPrivateKey(leaf, key) != 1)
        {
            problems.Add($"{what}: is not the key of the certificate in '{prefix}.cert.path' = '{options.CertPath}'");
        }
        else if (leaf != 0 && _calls.SslCtxUsePrivateKey(handle, key) != 1)
        {
            problems.Add($"{what}: {TlsErrors.Words(_calls, _calls.ErrGetError())}");
        }

        _calls.EvpPkeyFree(key);
    }

    private nint ReadKey(TlsMaterial material, out bool wasAsked)
    {
        // SAFETY: the arrays are pinned for the call; the callback reads the request on this stack and runs inside
        // the call.
        fixed (byte* pem = material.Key)
        fixed (byte* passphrase = material.Passphrase)
        {
            var request = new PassphraseRequest { Text = passphrase, Length = material.Passphrase.Length };
            nint bio = _calls.BioNewMemBuf(pem, material.Key.Length);
            nint key = _calls.PemReadBioPrivateKey(bio, 0, PassphraseCallback, (nint)(&request));
            _ = _calls.BioFree(bio);
            wasAsked = request.WasAsked != 0;
            return key;
        }
    }

    // Always set: without it OpenSSL would ask at the host's terminal.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GivePassphrase(byte* room, int roomBytes, int isForWriting, nint pointer)
    {
        var request = (PassphraseRequest*)pointer;
        request->WasAsked = 1;
        if (request->Length == 0 || request->Length > roomBytes || isForWriting != 0)
        {
            return -1;
        }

        Buffer.MemoryCopy(request->Text, room, roomBytes, request->Length);
        return request->Length;
    }

    private void ForEachCertificate(byte[] pem, Action<nint> use) => ForEach(pem, _calls.PemReadBioX509, use);

    private void ForEach(byte[] pem, delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint> read, Action<nint> use)
    {
        // SAFETY: the array is pinned until the BIO over it is freed.
        fixed (byte* bytes = pem)
        {
            PassphraseRequest nothing = default;
            nint bio = _calls.BioNewMemBuf(bytes, pem.Length);
            nint item;
            while ((item = read(bio, 0, PassphraseCallback, (nint)(&nothing))) != 0)
            {
                use(item);
            }

            _ = _calls.BioFree(bio);
            _calls.ErrClearError();
        }
    }

    private void NoteExpiry(nint time, string file)
    {
        int days;
        int seconds;
        // SAFETY: two locals are written.
        if (time != 0 && _calls.Asn1TimeDiff(&days, &seconds, 0, time) == 1)
        {
            long left = (days * 86_400L) + seconds;
            ExpiresFirst = left < SecondsUntilExpiry ? file : ExpiresFirst;
            SecondsUntilExpiry = Math.Min(left, SecondsUntilExpiry);
        }
    }

    private struct PassphraseRequest
    {
        public byte* Text;
        public int Length;
        public int WasAsked;
    }
}
