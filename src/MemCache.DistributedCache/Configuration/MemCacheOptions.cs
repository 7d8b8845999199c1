using MemCache.Core;

namespace MemCache.DistributedCache;

/// <summary>How a service uses a pool as its cache.</summary>
public sealed class MemCacheOptions
{
    // A cache that answers after this long is of no use to a request; the library's own default serves batches of
    // gigabytes.
    private const int DefaultTimeoutSeconds = 5;

    /// <summary>The defaults, with a timeout of five seconds for each call.</summary>
    public MemCacheOptions() => LocalService.ClientTimeoutSeconds = DefaultTimeoutSeconds;

    /// <summary>The pool to join and the memory to contribute to it, as in <c>mmc-local.conf</c>.</summary>
    public LocalServiceOptions LocalService { get; } = new();

    /// <summary>
    /// Stands in front of every key in the pool, so that services do not meet each other or an engine's objects: 1 ..
    /// 128 bytes of UTF-8. Services with the same prefix share their entries. No prefix should be the beginning of
    /// another.
    /// </summary>
    public string KeyPrefix { get; set; } = "cache:";

    /// <summary>
    /// What happens when the pool can't be used. <see langword="false"/>: a get is a miss, a set is dropped, a warning
    /// is logged now and then. <see langword="true"/>: <see cref="MemCacheException"/>.
    /// </summary>
    public bool ThrowOnFailure { get; set; }

    /// <summary>
    /// What a configuration file had that is unknown or without effect; logged when the pool is opened.
    /// </summary>
    internal List<string> Warnings { get; } = [];

    /// <summary>Reads <c>mmc-local.conf</c> into <see cref="LocalService"/>.</summary>
    /// <param name="path">
    /// The file; <see langword="null"/>: what <see cref="LocalServiceOptions.PathVariable"/> names, and nothing if it
    /// is not set.
    /// </param>
    /// <exception cref="OptionsException">
    /// A line can't be used; the text names file, line, key, value and range.
    /// </exception>
    public void LoadFile(string? path = null)
    {
        path ??= Environment.GetEnvironmentVariable(LocalServiceOptions.PathVariable);
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        ConfigFile file = ConfigFile.Load(path);
        IReadOnlyList<string> errors = LocalServiceOptions.Table.Apply(
            file, LocalService, out IReadOnlyList<string> warnings);
        Warnings.AddRange(warnings);
        if (errors.Count > 0)
        {
            throw new OptionsException(string.Join(Environment.NewLine, errors));
        }
    }
}
