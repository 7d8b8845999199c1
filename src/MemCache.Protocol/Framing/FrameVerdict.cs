namespace MemCache.Protocol;

/// <summary>What the bytes at the start of a frame are.</summary>
public enum FrameVerdict
{
    /// <summary>The header is complete and legal; its payload may still be on its way.</summary>
    Complete = 0,

    /// <summary>So far legal, but not all of the header has arrived.</summary>
    NeedMore,

    /// <summary>Another protocol version: answer with <see cref="Core.MmcStatus.ProtocolMismatch"/> and close.</summary>
    OtherVersion,

    /// <summary>Not a frame, or longer than is legal: answer with <see cref="Core.MmcStatus.MalformedFrame"/> and close.</summary>
    Malformed,
}
