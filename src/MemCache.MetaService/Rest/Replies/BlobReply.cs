namespace MemCache.MetaService;

/// <summary>Where one replica lies. Medium: 0 HBM, 1 DRAM, 2 SSD.</summary>
internal sealed record BlobReply(int Rank, int Medium);
