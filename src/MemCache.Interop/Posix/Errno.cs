namespace MemCache.Interop;

/// <summary>
/// Linux error numbers that this code base tells apart; any other number keeps its value. The same on x86-64 and ARM64.
/// </summary>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>EPERM.</summary>
    NotPermitted = 1,

    /// <summary>ENOENT.</summary>
    NoEntry = 2,

    /// <summary>EINTR: a signal came first; call again.</summary>
    Interrupted = 4,

    /// <summary>EIO.</summary>
    InputOutput = 5,

    /// <summary>EAGAIN, EWOULDBLOCK: not now.</summary>
    WouldBlock = 11,

    /// <summary>ENOMEM.</summary>
    NoMemory = 12,

    /// <summary>EACCES.</summary>
    AccessDenied = 13,

    /// <summary>EFAULT; from a page population: the file system could not supply the page.</summary>
    BadAddress = 14,

    /// <summary>EEXIST.</summary>
    Exists = 17,

    /// <summary>EINVAL.</summary>
    InvalidArgument = 22,

    /// <summary>EMFILE: this process has no descriptor left.</summary>
    TooManyFiles = 24,

    /// <summary>ENOSPC.</summary>
    NoSpace = 28,

    /// <summary>ENOSYS.</summary>
    NotImplemented = 38,

    /// <summary>ELOOP: the name is a symbolic link.</summary>
    SymbolicLink = 40,

    /// <summary>EOPNOTSUPP.</summary>
    NotSupported = 95,

    /// <summary>EADDRINUSE: another socket is bound there.</summary>
    AddressInUse = 98,

    /// <summary>EHWPOISON: the memory has a hardware error.</summary>
    HardwarePoison = 133,
}
