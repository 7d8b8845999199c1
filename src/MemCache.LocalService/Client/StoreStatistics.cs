namespace MemCache.LocalService;

/// <summary>Counters of one store since it was opened. Objects and bytes, not calls.</summary>
/// <param name="ObjectsPut">Objects stored, without those that were there already.</param>
/// <param name="ObjectsDuplicate">Puts of keys that existed.</param>
/// <param name="ObjectsGot">Objects read and verified.</param>
/// <param name="ObjectsMissed">Gets of keys that were not there.</param>
/// <param name="BlobsChanged">Reads that were found to be stale by the page stamps, and so turned into misses.</param>
/// <param name="ChecksumMismatches">Reads whose bytes did not have their checksum.</param>
/// <param name="BytesPut">Bytes copied into segments, all replicas.</param>
/// <param name="BytesGot">Bytes copied out of segments.</param>
/// <param name="SessionCount">Times that the store joined a MetaService.</param>
public readonly record struct StoreStatistics(
    long ObjectsPut, long ObjectsDuplicate, long ObjectsGot, long ObjectsMissed, long BlobsChanged,
    long ChecksumMismatches, long BytesPut, long BytesGot, long SessionCount);
