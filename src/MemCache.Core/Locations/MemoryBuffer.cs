namespace MemCache.Core;

/// <summary>A range of this process's memory, by address: one layer of a block.</summary>
/// <param name="Address">First byte.</param>
/// <param name="SizeBytes">Length, 1 or more.</param>
public readonly record struct MemoryBuffer(nuint Address, long SizeBytes);
