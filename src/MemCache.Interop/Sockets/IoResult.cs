namespace MemCache.Interop;

/// <summary>What a socket call returned: a count of 0 or more, or an error number. Errors are values here: they are everyday on a network.</summary>
public readonly record struct IoResult
{
    private const int ErrnoInterrupted = 4;
    private const int ErrnoAgain = 11;
    private const int ErrnoBrokenPipe = 32;
    private const int ErrnoProtocol = 71;
    private const int ErrnoConnectionReset = 104;
    private const int ErrnoInProgress = 115;

    private readonly int _value;

    private IoResult(int value) => _value = value;

    /// <summary>Bytes moved, or 0 after an error. A receive of 0 bytes means that the peer has closed its side.</summary>
    public int Count => Math.Max(_value, 0);

    /// <summary>The error number, or 0.</summary>
    public int ErrorNumber => Math.Max(-_value, 0);

    /// <summary>Whether the call did what it was asked for.</summary>
    public bool IsOk => _value >= 0;

    /// <summary>Not now: the call would have had to wait, or its time limit ended.</summary>
    public bool IsNotReady => _value is -ErrnoAgain or -ErrnoInterrupted;

    /// <summary>The other side has closed; any other error says nothing about it.</summary>
    public bool IsPeerGone => _value is -ErrnoBrokenPipe or -ErrnoConnectionReset;

    /// <summary>An encrypted channel failed and not its socket: a certificate was refused, or the peer does not speak
    /// TLS.</summary>
    public bool IsProtocolFailure => _value == -ErrnoProtocol;

    /// <summary>A connect is under way; wait until the socket is writable and ask for its error.</summary>
    public bool IsInProgress => _value == -ErrnoInProgress;

    /// <summary>The error's name and number as people know them.</summary>
    public string ErrorText => _value >= 0
        ? "no error"
        : $"{new System.ComponentModel.Win32Exception(ErrorNumber).Message} (errno {ErrorNumber})";

    /// <summary>Would have had to wait, as the channel itself found.</summary>
    internal static IoResult NotReady => new(-ErrnoAgain);

    /// <summary>The channel failed, not its socket.</summary>
    internal static IoResult ProtocolFailed => new(-ErrnoProtocol);

    internal static IoResult Done(int count) => new(count);

    internal static IoResult Failed(int errorNumber) => new(-Math.Max(errorNumber, 1));
}
