namespace MemCache.LocalService;

/// <summary>The counters behind <see cref="StoreStatistics"/>. Every field is written by any calling thread, with interlocked additions.</summary>
internal sealed class StoreCounters
{
    private long _objectsPut;
    private long _objectsDuplicate;
    private long _objectsGot;
    private long _objectsMissed;
    private long _blobsChanged;
    private long _checksumMismatches;
    private long _bytesPut;
    private long _bytesGot;
    private long _sessionCount;

    public void AddPut(long objects, long duplicates, long sizeBytes)
    {
        Interlocked.Add(ref _objectsPut, objects);
        Interlocked.Add(ref _objectsDuplicate, duplicates);
        Interlocked.Add(ref _bytesPut, sizeBytes);
    }

    public void AddGot(long objects, long missed, long sizeBytes)
    {
        Interlocked.Add(ref _objectsGot, objects);
        Interlocked.Add(ref _objectsMissed, missed);
        Interlocked.Add(ref _bytesGot, sizeBytes);
    }

    public void AddBlobChanged() => Interlocked.Increment(ref _blobsChanged);

    public void AddChecksumMismatch() => Interlocked.Increment(ref _checksumMismatches);

    public void AddSession() => Interlocked.Increment(ref _sessionCount);

    public StoreStatistics Read() => new(
        Volatile.Read(ref _objectsPut), Volatile.Read(ref _objectsDuplicate), Volatile.Read(ref _objectsGot),
        Volatile.Read(ref _objectsMissed), Volatile.Read(ref _blobsChanged), Volatile.Read(ref _checksumMismatches),
        Volatile.Read(ref _bytesPut), Volatile.Read(ref _bytesGot), Volatile.Read(ref _sessionCount));
}
