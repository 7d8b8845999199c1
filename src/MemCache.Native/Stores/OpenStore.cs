using MemCache.LocalService;

namespace MemCache.Native;

/// <summary>A store and the number that C callers know it by.</summary>
/// <param name="Handle">Never used again, not 0.</param>
/// <param name="Store">The store.</param>
internal sealed record OpenStore(ulong Handle, ObjectStore Store);
