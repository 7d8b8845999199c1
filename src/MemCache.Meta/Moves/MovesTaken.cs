namespace MemCache.Meta;

/// <summary>What a mover was given.</summary>
/// <param name="Count">Replicas to make.</param>
/// <param name="SourceCount">Entries in the list of sources.</param>
/// <param name="KeyBytes">Bytes of all keys.</param>
/// <param name="RepairBytes">Bytes of the repairs among them.</param>
public readonly record struct MovesTaken(int Count, int SourceCount, int KeyBytes, long RepairBytes);
