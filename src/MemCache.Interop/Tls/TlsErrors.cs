using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>Says in a sentence why OpenSSL refused: which certificate, which check.</summary>
internal static unsafe class TlsErrors
{
    private const int ReasonMask = 0xFFF;
    private const int ReasonUnexpectedEnd = 294;

    // An alert of the peer has this much added to its number.
    private const int ReasonAlert = 1000;

    /// <summary>Whether the stream ended where the protocol had more to say.</summary>
    public static bool IsUnexpectedEnd(nuint code) => ReasonOf(code) == ReasonUnexpectedEnd;

    /// <summary>Whether what came first was no TLS at all.</summary>
    public static bool IsPlainText(nuint code) => ReasonOf(code) is 155 or 156 or 246 or 252 or 267;

    /// <summary>The sentence for a failed call.</summary>
    /// <param name="calls">OpenSSL.</param>
    /// <param name="code">First error of the thread's queue.</param>
    /// <param name="state">What the callbacks noted.</param>
    /// <param name="host">Host that was dialled; empty on the accepting side.</param>
    public static string Describe(OpenSslCalls calls, nuint code, TlsBioState* state, string host)
    {
        if (state->VerifyError != 0)
        {
            string subject = Marshal.PtrToStringUTF8((nint)state->Subject) ?? "";
            string what = VerifyText(calls, state->VerifyError, host);
            return subject.Length > 0 ? $"the certificate of the peer is refused: '{Printable(subject)}' {what}" : $"the certificate of the peer is refused: {what}";
        }

        int reason = ReasonOf(code);
        return reason > ReasonAlert ? AlertText(calls, code, reason - ReasonAlert) : ReasonText(calls, code, reason);
    }

    /// <summary>OpenSSL's own words for an error.</summary>
    public static string Words(OpenSslCalls calls, nuint code) =>
        Marshal.PtrToStringUTF8((nint)calls.ErrReasonErrorString(code)) ?? $"error 0x{(ulong)code:x}";

    private static int ReasonOf(nuint code) => (int)(code & ReasonMask);

    // A name in a certificate is the peer's text.
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (room, from) =>
        {
            for (int i = 0; i < room.Length; i++)
            {
                room[i] = char.IsControl(from[i]) ? '?' : from[i];
            }
        });

    private static string VerifyText(OpenSslCalls calls, int error, string host) => error switch
    {
        9 => "is not valid yet",
        10 => "has expired",
        23 => "has been revoked",
        2 or 18 or 19 or 20 or 21 => "is not signed by an authority in ca.path",
        3 => "comes from an authority whose revocation list is not in ca.crl.path",
        11 => "comes from an authority whose revocation list is not valid yet",
        12 => "comes from an authority whose revocation list has expired",
        24 or 79 => "comes from a certificate that is no authority",
        26 => "is not made for this end of a connection (extended key usage)",
        62 or 64 => $"does not name the host '{host}' that was dialled",
        _ => Marshal.PtrToStringUTF8((nint)calls.X509VerifyCertErrorString(error)) ?? $"has error {error}",
    };

    private static string AlertText(OpenSslCalls calls, nuint code, int alert) => alert switch
    {
        42 or 46 => "the peer refused our certificate; its own log says why",
        43 => "the peer refused our certificate: not made for this end of a connection",
        44 => "the peer refused our certificate: it has been revoked",
        45 => "the peer refused our certificate: it has expired, or is not valid yet",
        48 => "the peer refused our certificate: it does not know our authority",
        116 => "the peer wants a certificate and got none",
        40 or 70 or 71 or 86 => "the peer wants another version of TLS, or other ciphers",
        _ => $"the peer ended it with an alert: {Words(calls, code)}",
    };

    private static string ReasonText(OpenSslCalls calls, nuint code, int reason) => reason switch
    {
        155 or 156 or 246 or 252 or 267 => "the peer does not speak TLS",
        258 => "the peer wants a version of TLS below 1.2",
        199 => "the peer showed no certificate",
        193 => "the peer has no cipher in common with us",
        ReasonUnexpectedEnd => "the peer closed the connection in the middle",
        _ => $"TLS failed: {Words(calls, code)}",
    };
}
