namespace MemCache.Meta;

/// <summary>
/// A place in a walk over all objects: <see cref="MetaEngine.List"/>. The default is the begin. It means something to the engine that
/// gave it only; any values are safe.
/// </summary>
/// <param name="Shard">Shard it has come to.</param>
/// <param name="Chunk">Chunk of records there.</param>
/// <param name="Granule">Place in it.</param>
public readonly record struct ObjectCursor(int Shard, int Chunk, int Granule);
