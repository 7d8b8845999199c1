namespace MemCache.Interop;

/// <summary>What the callbacks of one encrypted connection know; in native memory from its first to its last
/// call.</summary>
internal unsafe struct TlsBioState
{
    /// <summary>Room for a certificate's subject, its final zero included.</summary>
    public const int SubjectBytes = 256;

    /// <summary>The socket.</summary>
    public int Descriptor;

    /// <summary>errno of the last socket call, or 0.</summary>
    public int ErrorNumber;

    /// <summary>1 once the peer has ended its stream.</summary>
    public int HasEnded;

    /// <summary>1 once some byte has arrived.</summary>
    public int HasReceived;

    /// <summary>1 while writes are collected in <see cref="Output"/>.</summary>
    public int IsCollecting;

    /// <summary>First byte of <see cref="Output"/> that was not sent.</summary>
    public int OutputStart;

    /// <summary>End of the bytes in <see cref="Output"/>.</summary>
    public int OutputEnd;

    /// <summary>OpenSSL's number of what is wrong with a certificate of the peer's chain, or 0.</summary>
    public int VerifyError;

    /// <summary>Encrypted bytes that wait; null until much is sent at once.</summary>
    public byte* Output;

    /// <summary>The subject of the certificate that was refused, zero-terminated.</summary>
    public fixed byte Subject[SubjectBytes];
}
