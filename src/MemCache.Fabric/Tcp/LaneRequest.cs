namespace MemCache.Fabric;

/// <summary>What one lane is to do of an operation.</summary>
/// <param name="Operation">Index in the batch.</param>
/// <param name="Begin">First byte, from the beginning of the operation's range.</param>
/// <param name="SizeBytes">Bytes of the range; 0 for operations that move none.</param>
internal readonly record struct LaneRequest(int Operation, long Begin, long SizeBytes);
