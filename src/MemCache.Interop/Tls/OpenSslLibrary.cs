using System.Runtime.InteropServices;

namespace MemCache.Interop;

/// <summary>
/// Finds the system's OpenSSL when the first encrypted connection is configured, and not before. One process uses one;
/// it stays loaded for good, because the host may use the same. Thread-safe.
/// </summary>
internal static unsafe class OpenSslLibrary
{
    private const ulong VersionMin = 0x10101000; // 1.1.1
    private const ulong InitNoAtExit = 0x80000;
    private const string Need = "TLS needs OpenSSL 1.1.1 or 3: ";

    // Newest first. libcrypto is loaded first, so that libssl finds it beside itself when a directory is configured.
    private static readonly (string Crypto, string Ssl)[] Names =
        [("libcrypto.so.3", "libssl.so.3"), ("libcrypto.so.1.1", "libssl.so.1.1")];

    private static readonly Lock Gate = new();
    private static OpenSslCalls? _calls; // written once, under Gate
    private static string _directory = ""; // guarded by Gate

    /// <summary>The functions, once they were loaded: every callback out of the library runs after that.</summary>
    public static OpenSslCalls Calls => Volatile.Read(ref _calls)!;

    /// <summary>Loads the library, or finds it loaded.</summary>
    /// <param name="directory">Directory to take it from; empty: where the system's loader looks.</param>
    /// <param name="error">What was looked for and why it can't be used.</param>
    public static bool TryLoad(string directory, out string error)
    {
        lock (Gate)
        {
            if (_calls is null)
            {
                Volatile.Write(ref _calls, Load(directory, out error));
                _directory = _calls is null ? "" : directory;
                return _calls is not null;
            }

            bool isSame = directory.Length == 0 || directory == _directory;
            error = isSame ? "" : $"OpenSSL was loaded from '{_directory}' before; one process uses one";
            return isSame;
        }
    }

    private static OpenSslCalls? Load(string directory, out string error)
    {
        foreach ((string crypto, string ssl) in Names)
        {
            string prefix = directory.Length > 0 ? directory.TrimEnd('/') + "/" : "";
            _ = NativeLibrary.TryLoad(prefix + crypto, out _);
            if (NativeLibrary.TryLoad(prefix + ssl, out nint library))
            {
                return Bind(library, prefix + ssl, out error);
            }
        }

        error = $"{Need}neither libssl.so.3 nor libssl.so.1.1 can be loaded from "
            + (directory.Length > 0 ? $"'{directory}'" : "the system's library directories");
        return null;
    }

    private static OpenSslCalls? Bind(nint library, string name, out string error)
    {
        try
        {
            var calls = new OpenSslCalls(library);
            ulong version = calls.OpenSslVersionNum();
            // Its exit handler would free what our threads may still use while a host's process ends.
            bool isUsable = version >= VersionMin && calls.OpenSslInitSsl(InitNoAtExit, 0) == 1;
            error = isUsable ? "" : $"{Need}{name} is version 0x{version:x}, or does not start";
            return isUsable ? calls : null;
        }
        catch (EntryPointNotFoundException exception)
        {
            error = $"{Need}{name} lacks a function: {exception.Message}";
            return null;
        }
    }
}
