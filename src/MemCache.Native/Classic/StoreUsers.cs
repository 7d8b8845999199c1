namespace MemCache.Native;

/// <summary>Who has opened the process's store: it is closed when the last of them is gone.</summary>
[Flags]
internal enum StoreUsers
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary><c>mmc_init</c></summary>
    Process = 1,

    /// <summary><c>mmcc_init</c></summary>
    Client = 2,

    /// <summary><c>mmcs_local_service_start</c></summary>
    LocalService = 4,
}
