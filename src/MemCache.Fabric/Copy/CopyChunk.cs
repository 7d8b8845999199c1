namespace MemCache.Fabric;

/// <summary>Where one thread's next share of a batch begins.</summary>
/// <param name="PieceIndex">Piece that it begins in.</param>
/// <param name="Offset">Bytes of that piece that belong to the chunk before.</param>
/// <param name="SizeBytes">Bytes of the share, over as many pieces as it takes.</param>
internal readonly record struct CopyChunk(int PieceIndex, long Offset, long SizeBytes);
