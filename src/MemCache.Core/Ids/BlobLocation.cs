namespace MemCache.Core;

/// <summary>The byte range of one segment that backs one replica.</summary>
/// <param name="Segment">The segment that holds the bytes.</param>
/// <param name="Slot">The blob's slot in the segment's directory, 0-based.</param>
/// <param name="Generation">
/// Number of the reservation, unique in the pool and growing, 1 .. <see cref="Limits.GenerationMax"/>. Every data page of the
/// blob is stamped with it while the blob is current.
/// </param>
/// <param name="Offset">First byte, from the start of the segment's data; a multiple of <see cref="Limits.BlobAlignmentBytes"/>.</param>
/// <param name="SizeBytes">The object's size in bytes, before rounding up to whole pages.</param>
public readonly record struct BlobLocation(
    SegmentId Segment, uint Slot, ulong Generation, long Offset, long SizeBytes);
