namespace MemCache.Core;

/// <summary>
/// Names one object in the metadata engine without its key: what a lookup or a reserve returns and what commit and lease release
/// take. Opaque to clients. It is checked together with a <see cref="BlobLocation.Generation"/>, so a stale one is found out.
/// </summary>
public readonly record struct ObjectRef(ulong Value);
