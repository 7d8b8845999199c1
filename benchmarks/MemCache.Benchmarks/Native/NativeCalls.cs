using System.Runtime.InteropServices;

namespace MemCache.Benchmarks;

/// <summary>The calls of the native library that are compared with those of the C# library.</summary>
internal static partial class NativeCalls
{
    private const string Library = "libmf_memcache.so";

    /// <summary>Says where the library is.</summary>
    public static void LoadFrom(string path) => NativeLibrary.SetDllImportResolver(
        typeof(NativeCalls).Assembly, (name, _, _) => name == Library ? NativeLibrary.Load(path) : 0);

    [LibraryImport(Library, EntryPoint = "mmc_store_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string config, int deviceId, int contribute, out ulong store);

    [LibraryImport(Library, EntryPoint = "mmc_store_close")]
    public static partial int Close(ulong store);

    [LibraryImport(Library, EntryPoint = "mmc_store_exists")]
    public static partial int Exists(ulong store, Key key);

    [LibraryImport(Library, EntryPoint = "mmc_store_exists_batch")]
    public static partial int ExistsBatch(ulong store, Key[] keys, uint count, int[] results);

    [LibraryImport(Library, EntryPoint = "mmc_store_get_batch")]
    public static partial int GetBatch(
        ulong store, Key[] keys, uint count, in Buffers buffers, int direction, int[] results);

    /// <summary><c>mmc_key</c></summary>
    public readonly record struct Key(nuint Data, nuint SizeBytes);

    /// <summary><c>mmc_buffers</c></summary>
    public readonly record struct Buffers(nuint Addresses, nuint Sizes, nuint LayerCounts);
}
