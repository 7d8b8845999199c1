using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>
/// OpenSSL's functions, under their own names without the underscores, as its headers declare them; the same in 1.1.1
/// and 3. All are looked up from libssl, so that they come from one pair of libraries even if the process has loaded
/// another one. An <c>nint</c> is a pointer to one of OpenSSL's own structs, or to a callback.
/// </summary>
internal sealed unsafe class OpenSslCalls
{
    public readonly delegate* unmanaged[Cdecl]<ulong, nint, int> OpenSslInitSsl;
    public readonly delegate* unmanaged[Cdecl]<nuint> OpenSslVersionNum;
    public readonly delegate* unmanaged[Cdecl]<int, byte*> OpenSslVersion;
    public readonly delegate* unmanaged[Cdecl]<nint> TlsMethod;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> SslCtxNew;
    public readonly delegate* unmanaged[Cdecl]<nint, void> SslCtxFree;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint> SslCtxCtrl;
    public readonly delegate* unmanaged[Cdecl]<nint, ulong, ulong> SslCtxSetOptions;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int> SslCtxSetCipherList;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int> SslCtxSetCiphersuites;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, int> SslCtxSetNumTickets;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, void> SslCtxSetDefaultReadBufferLen;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint, void> SslCtxSetVerify;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> SslCtxGetCertStore;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> SslCtxUseCertificate;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> SslCtxUsePrivateKey;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> SslCtxAddClientCa;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> SslNew;
    public readonly delegate* unmanaged[Cdecl]<nint, void> SslFree;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint, void> SslSetBio;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> SslGetRbio;
    public readonly delegate* unmanaged[Cdecl]<nint, void> SslSetAcceptState;
    public readonly delegate* unmanaged[Cdecl]<nint, void> SslSetConnectState;
    public readonly delegate* unmanaged[Cdecl]<nint, int> SslDoHandshake;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int, int> SslRead;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int, int> SslWrite;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int> SslGetError;
    public readonly delegate* unmanaged[Cdecl]<nint, int> SslShutdown;
    public readonly delegate* unmanaged[Cdecl]<nint, int> SslHasPending;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> SslGet0Param;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint> SslCtrl;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*> SslGetVersion;
    public readonly delegate* unmanaged[Cdecl]<int> SslGetExDataX509StoreCtxIdx;
    public readonly delegate* unmanaged[Cdecl]<int, byte*, nint> BioMethNew;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> BioMethSetWrite;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> BioMethSetRead;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> BioMethSetCtrl;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> BioNew;
    public readonly delegate* unmanaged[Cdecl]<nint, int> BioFree;
    public readonly delegate* unmanaged[Cdecl]<byte*, int, nint> BioNewMemBuf;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, void> BioSetData;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> BioGetData;
    public readonly delegate* unmanaged[Cdecl]<nint, int, void> BioSetInit;
    public readonly delegate* unmanaged[Cdecl]<nint, int, void> BioSetFlags;
    public readonly delegate* unmanaged[Cdecl]<nint, int, void> BioClearFlags;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint> PemReadBioX509;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint> PemReadBioX509Crl;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint> PemReadBioPrivateKey;
    public readonly delegate* unmanaged[Cdecl]<nint, void> EvpPkeyFree;
    public readonly delegate* unmanaged[Cdecl]<nint, void> X509Free;
    public readonly delegate* unmanaged[Cdecl]<nint, void> X509CrlFree;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> X509CheckPrivateKey;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> X509GetSubjectName;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int, byte*> X509NameOneline;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> X509Get0NotAfter;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> X509CrlGet0NextUpdate;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> X509StoreAddCert;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, int> X509StoreAddCrl;
    public readonly delegate* unmanaged[Cdecl]<nint, nuint, int> X509StoreSetFlags;
    public readonly delegate* unmanaged[Cdecl]<nint, int> X509StoreCtxGetError;
    public readonly delegate* unmanaged[Cdecl]<nint, int, void> X509StoreCtxSetError;
    public readonly delegate* unmanaged[Cdecl]<nint, int> X509StoreCtxGetErrorDepth;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> X509StoreCtxGetCurrentCert;
    public readonly delegate* unmanaged[Cdecl]<nint, int, nint> X509StoreCtxGetExData;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, int> X509VerifyParamSet1Host;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, int> X509VerifyParamSet1IpAsc;
    public readonly delegate* unmanaged[Cdecl]<nint, uint, void> X509VerifyParamSetHostflags;
    public readonly delegate* unmanaged[Cdecl]<nint, byte*> X509VerifyCertErrorString;
    public readonly delegate* unmanaged[Cdecl]<int*, int*, nint, nint, int> Asn1TimeDiff;
    public readonly delegate* unmanaged[Cdecl]<nuint> ErrGetError;
    public readonly delegate* unmanaged[Cdecl]<void> ErrClearError;
    public readonly delegate* unmanaged[Cdecl]<nuint, byte*> ErrReasonErrorString;

    /// <exception cref="EntryPointNotFoundException">The library lacks a function.</exception>
    public OpenSslCalls(nint library)
    {
        OpenSslInitSsl = (delegate* unmanaged[Cdecl]<ulong, nint, int>)Find(library, "OPENSSL_init_ssl");
        OpenSslVersionNum = (delegate* unmanaged[Cdecl]<nuint>)Find(library, "OpenSSL_version_num");
        OpenSslVersion = (delegate* unmanaged[Cdecl]<int, byte*>)Find(library, "OpenSSL_version");
        TlsMethod = (delegate* unmanaged[Cdecl]<nint>)Find(library, "TLS_method");
        SslCtxNew = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "SSL_CTX_new");
        SslCtxFree = (delegate* unmanaged[Cdecl]<nint, void>)Find(library, "SSL_CTX_free");
        SslCtxCtrl = (delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint>)Find(library, "SSL_CTX_ctrl");
        SslCtxSetOptions = (delegate* unmanaged[Cdecl]<nint, ulong, ulong>)Find(library, "SSL_CTX_set_options");
        SslCtxSetCipherList = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Find(library, "SSL_CTX_set_cipher_list");
        SslCtxSetCiphersuites = (delegate* unmanaged[Cdecl]<nint, byte*, int>)Find(library, "SSL_CTX_set_ciphersuites");
        SslCtxSetNumTickets = (delegate* unmanaged[Cdecl]<nint, nuint, int>)Find(library, "SSL_CTX_set_num_tickets");
        SslCtxSetDefaultReadBufferLen =
            (delegate* unmanaged[Cdecl]<nint, nuint, void>)Find(library, "SSL_CTX_set_default_read_buffer_len");
        SslCtxSetVerify = (delegate* unmanaged[Cdecl]<nint, int, nint, void>)Find(library, "SSL_CTX_set_verify");
        SslCtxGetCertStore = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "SSL_CTX_get_cert_store");
        SslCtxUseCertificate = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "SSL_CTX_use_certificate");
        SslCtxUsePrivateKey = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "SSL_CTX_use_PrivateKey");
        SslCtxAddClientCa = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "SSL_CTX_add_client_CA");
        SslNew = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "SSL_new");
        SslFree = (delegate* unmanaged[Cdecl]<nint, void>)Find(library, "SSL_free");
        SslSetBio = (delegate* unmanaged[Cdecl]<nint, nint, nint, void>)Find(library, "SSL_set_bio");
        SslGetRbio = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "SSL_get_rbio");
        SslSetAcceptState = (delegate* unmanaged[Cdecl]<nint, void>)Find(library, "SSL_set_accept_state");
        SslSetConnectState = (delegate* unmanaged[Cdecl]<nint, void>)Find(library, "SSL_set_connect_state");
        SslDoHandshake = (delegate* unmanaged[Cdecl]<nint, int>)Find(library, "SSL_do_handshake");
        SslRead = (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)Find(library, "SSL_read");
        SslWrite = (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)Find(library, "SSL_write");
        SslGetError = (delegate* unmanaged[Cdecl]<nint, int, int>)Find(library, "SSL_get_error");
        SslShutdown = (delegate* unmanaged[Cdecl]<nint, int>)Find(library, "SSL_shutdown");
        SslHasPending = (delegate* unmanaged[Cdecl]<nint, int>)Find(library, "SSL_has_pending");
        SslGet0Param = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "SSL_get0_param");
        SslCtrl = (delegate* unmanaged[Cdecl]<nint, int, nint, nint, nint>)Find(library, "SSL_ctrl");
        SslGetVersion = (delegate* unmanaged[Cdecl]<nint, byte*>)Find(library, "SSL_get_version");
        SslGetExDataX509StoreCtxIdx =
            (delegate* unmanaged[Cdecl]<int>)Find(library, "SSL_get_ex_data_X509_STORE_CTX_idx");
        BioMethNew = (delegate* unmanaged[Cdecl]<int, byte*, nint>)Find(library, "BIO_meth_new");
        BioMethSetWrite = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "BIO_meth_set_write");
        BioMethSetRead = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "BIO_meth_set_read");
        BioMethSetCtrl = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "BIO_meth_set_ctrl");
        BioNew = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "BIO_new");
        BioFree = (delegate* unmanaged[Cdecl]<nint, int>)Find(library, "BIO_free");
        BioNewMemBuf = (delegate* unmanaged[Cdecl]<byte*, int, nint>)Find(library, "BIO_new_mem_buf");
        BioSetData = (delegate* unmanaged[Cdecl]<nint, nint, void>)Find(library, "BIO_set_data");
        BioGetData = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "BIO_get_data");
        BioSetInit = (delegate* unmanaged[Cdecl]<nint, int, void>)Find(library, "BIO_set_init");
        BioSetFlags = (delegate* unmanaged[Cdecl]<nint, int, void>)Find(library, "BIO_set_flags");
        BioClearFlags = (delegate* unmanaged[Cdecl]<nint, int, void>)Find(library, "BIO_clear_flags");
        PemReadBioX509 = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)Find(library, "PEM_read_bio_X509");
        PemReadBioX509Crl =
            (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)Find(library, "PEM_read_bio_X509_CRL");
        PemReadBioPrivateKey =
            (delegate* unmanaged[Cdecl]<nint, nint, nint, nint, nint>)Find(library, "PEM_read_bio_PrivateKey");
        EvpPkeyFree = (delegate* unmanaged[Cdecl]<nint, void>)Find(library, "EVP_PKEY_free");
        X509Free = (delegate* unmanaged[Cdecl]<nint, void>)Find(library, "X509_free");
        X509CrlFree = (delegate* unmanaged[Cdecl]<nint, void>)Find(library, "X509_CRL_free");
        X509CheckPrivateKey = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "X509_check_private_key");
        X509GetSubjectName = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "X509_get_subject_name");
        X509NameOneline = (delegate* unmanaged[Cdecl]<nint, byte*, int, byte*>)Find(library, "X509_NAME_oneline");
        X509Get0NotAfter = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "X509_get0_notAfter");
        X509CrlGet0NextUpdate = (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "X509_CRL_get0_nextUpdate");
        X509StoreAddCert = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "X509_STORE_add_cert");
        X509StoreAddCrl = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find(library, "X509_STORE_add_crl");
        X509StoreSetFlags = (delegate* unmanaged[Cdecl]<nint, nuint, int>)Find(library, "X509_STORE_set_flags");
        X509StoreCtxGetError = (delegate* unmanaged[Cdecl]<nint, int>)Find(library, "X509_STORE_CTX_get_error");
        X509StoreCtxSetError = (delegate* unmanaged[Cdecl]<nint, int, void>)Find(library, "X509_STORE_CTX_set_error");
        X509StoreCtxGetErrorDepth =
            (delegate* unmanaged[Cdecl]<nint, int>)Find(library, "X509_STORE_CTX_get_error_depth");
        X509StoreCtxGetCurrentCert =
            (delegate* unmanaged[Cdecl]<nint, nint>)Find(library, "X509_STORE_CTX_get_current_cert");
        X509StoreCtxGetExData =
            (delegate* unmanaged[Cdecl]<nint, int, nint>)Find(library, "X509_STORE_CTX_get_ex_data");
        X509VerifyParamSet1Host =
            (delegate* unmanaged[Cdecl]<nint, byte*, nuint, int>)Find(library, "X509_VERIFY_PARAM_set1_host");
        X509VerifyParamSet1IpAsc =
            (delegate* unmanaged[Cdecl]<nint, byte*, int>)Find(library, "X509_VERIFY_PARAM_set1_ip_asc");
        X509VerifyParamSetHostflags =
            (delegate* unmanaged[Cdecl]<nint, uint, void>)Find(library, "X509_VERIFY_PARAM_set_hostflags");
        X509VerifyCertErrorString =
            (delegate* unmanaged[Cdecl]<nint, byte*>)Find(library, "X509_verify_cert_error_string");
        Asn1TimeDiff = (delegate* unmanaged[Cdecl]<int*, int*, nint, nint, int>)Find(library, "ASN1_TIME_diff");
        ErrGetError = (delegate* unmanaged[Cdecl]<nuint>)Find(library, "ERR_get_error");
        ErrClearError = (delegate* unmanaged[Cdecl]<void>)Find(library, "ERR_clear_error");
        ErrReasonErrorString = (delegate* unmanaged[Cdecl]<nuint, byte*>)Find(library, "ERR_reason_error_string");
    }

    // SAFETY: the signatures above are those of the headers; the library is never unloaded.
    private static nint Find(nint library, string name) => NativeLibrary.GetExport(library, name);
}
