namespace MemCache.Meta;

/// <summary>What a mover takes at most.</summary>
/// <param name="CountMax">Replicas.</param>
/// <param name="BytesMax">Bytes of all of them; the first one may be larger.</param>
/// <param name="RepairBytesMax">Bytes of repairs; one that begins below may go beyond.</param>
public readonly record struct MoveRequest(int CountMax, long BytesMax, long RepairBytesMax);
