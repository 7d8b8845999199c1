using MemCache.Core;
using MemCache.LocalService;

namespace MemCache.Native;

/// <summary>The one store of the classic surface. Opening and closing take a lock; calls only look.</summary>
internal static unsafe class DefaultStore
{
    private static readonly Lock Changing = new();
    private static IReadOnlyList<ConfigEntry>? _setup; // guarded by Changing; null: the configuration file
    private static StoreUsers _users; // guarded by Changing
    private static bool _withMemory; // guarded by Changing
    private static ulong _handle; // written under Changing, read by calls

    /// <summary>The store, or null.</summary>
    public static ObjectStore? Current =>
        Volatile.Read(ref _handle) is ulong handle and not 0 ? StoreTable.Find(handle) : null;

    /// <summary>Keeps a configuration for the next opening.</summary>
    public static int SetUp(byte* config)
    {
        MmcStatus status = TryRead(config, out IReadOnlyList<ConfigEntry>? entries, out string error);
        lock (Changing)
        {
            _setup = status == MmcStatus.Ok ? entries : _setup;
        }

        return CallErrors.Report(status, error);
    }

    /// <summary>Opens the store for one more user, or adds the user to the one that is open.</summary>
    /// <param name="user">One of them.</param>
    /// <param name="config">A <c>local_config</c>, or null: as set up.</param>
    /// <param name="deviceId">For logs.</param>
    /// <param name="withMemory">Whether this process contributes memory.</param>
    public static int Open(StoreUsers user, byte* config, int deviceId, bool withMemory)
    {
        IReadOnlyList<ConfigEntry>? entries = null;
        string error = "";
        MmcStatus status = config is null ? MmcStatus.Ok : TryRead(config, out entries, out error);
        lock (Changing)
        {
            if (status == MmcStatus.Ok && _users == StoreUsers.None)
            {
                status = OpenNew(entries ?? _setup, deviceId, withMemory, out error);
            }
            else if (status == MmcStatus.Ok && withMemory && !_withMemory)
            {
                status = MmcStatus.RepeatedCall;
                error = "the store of this process is open already, without memory";
            }

            _users |= status == MmcStatus.Ok ? user : StoreUsers.None;
        }

        return CallErrors.Report(status, error);
    }

    /// <summary>Takes users away; the store is closed with the last one.</summary>
    public static int Close(StoreUsers users)
    {
        lock (Changing)
        {
            bool wasOpen = _users != StoreUsers.None;
            _users &= ~users;
            if (wasOpen && _users == StoreUsers.None)
            {
                ulong handle = _handle;
                Volatile.Write(ref _handle, 0);
                StoreTable.Remove(handle, out _)?.Dispose();
            }
        }

        return (int)MmcStatus.Ok;
    }

    // Under Changing: a second opening waits for the first.
    private static MmcStatus OpenNew(
        IReadOnlyList<ConfigEntry>? entries, int deviceId, bool withMemory, out string error)
    {
        LocalServiceOptions options;
        if (entries is not null)
        {
            options = new LocalServiceOptions();
            _ = ClassicConfigs.LocalService.Apply(entries, options);
        }
        else if (StoreOpening.Read(null, out options, out error) is var status and not MmcStatus.Ok)
        {
            return status;
        }

        MmcStatus opened = StoreOpening.Open(options, deviceId, withMemory, out ulong handle, out error);
        if (opened == MmcStatus.Ok)
        {
            _withMemory = withMemory;
            Volatile.Write(ref _handle, handle);
        }

        return opened;
    }

    private static MmcStatus TryRead(byte* config, out IReadOnlyList<ConfigEntry>? entries, out string error)
    {
        entries = null;
        error = "the configuration is NULL";
        if (config is null)
        {
            return MmcStatus.InvalidParameter;
        }

        try
        {
            IReadOnlyList<ConfigEntry> read = ClassicConfigs.LocalService.Read(config);
            var options = new LocalServiceOptions();
            ExternLogger.Warn(ClassicConfigs.LocalService.Apply(read, options));
            options.Validate();
            entries = read;
            error = "";
            return MmcStatus.Ok;
        }
        catch (OptionsException exception)
        {
            error = exception.Message;
            return MmcStatus.InvalidParameter;
        }
    }
}
