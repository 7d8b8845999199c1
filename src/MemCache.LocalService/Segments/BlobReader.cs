using MemCache.Core;
using MemCache.Fabric;

namespace MemCache.LocalService;

/// <summary>
/// Reads one whole blob from the nearest of its replicas that still has it, for whoever moves objects: as a get does,
/// without a lookup. Warm use allocates nothing. One thread at a time.
/// </summary>
internal sealed class BlobReader(CopyEngine copies, ITransport? transport) : IDisposable
{
    private readonly CopyScratch _scratch = new();

    /// <summary>Reads a blob.</summary>
    /// <param name="session">Whose segments the replicas name.</param>
    /// <param name="replicas">1 .. <see cref="Limits.ReplicaCountMax"/> of the same object.</param>
    /// <param name="sizeBytes">The object's size.</param>
    /// <param name="destination">Where to; room for <paramref name="sizeBytes"/>.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="checksum">The checksum that was stored with the object, if it has one; it is not compared.</param>
    /// <returns>
    /// <see cref="MmcStatus.Ok"/>: the bytes are the object's. <see cref="MmcStatus.BlobChanged"/>: no replica is there
    /// any more. <see cref="MmcStatus.LinkNotFound"/>, <see cref="MmcStatus.Timeout"/>, <see
    /// cref="MmcStatus.NotConnectedToLocal"/>: none could be reached. After a failure the destination holds garbage.
    /// </returns>
    public MmcStatus Read(
        Session session, ReadOnlySpan<ReplicaLocation> replicas, long sizeBytes, nuint destination, long deadline, out uint? checksum)
    {
        checksum = null;
        MmcStatus status = MmcStatus.LinkNotFound;
        int tried = 0;
        try
        {
            // Mapped ones, then those that answer, then those that lately did not.
            for (int pass = 0; pass < 3; pass++)
            {
                for (int r = 0; r < replicas.Length && !Deadline.HasPassed(deadline); r++)
                {
                    SegmentHandle? handle = session.KnownSegment(replicas[r].Segment);
                    if (handle is null || (tried >> r & 1) != 0 || PassOf(handle) != pass)
                    {
                        continue;
                    }

                    tried |= 1 << r;
                    status = ReadFrom(handle, replicas[r], sizeBytes, destination, deadline, out checksum);
                    if (status == MmcStatus.Ok)
                    {
                        return status;
                    }
                }
            }
        }
        finally
        {
            _scratch.ReleaseSegments();
        }

        return status;
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private int PassOf(SegmentHandle handle) =>
        _scratch.Hold(handle) is not null ? 0
        : handle.Remote is not { } remote ? -1
        : remote.IsReachable ? 1
        : 2;

    private MmcStatus ReadFrom(
        SegmentHandle handle, in ReplicaLocation replica, long sizeBytes, nuint destination, long deadline, out uint? checksum)
    {
        checksum = null;
        _scratch.ClearWork();
        MemoryBuffer layer = new(destination, sizeBytes);
        var blob = new BlobLocation(replica.Segment, replica.Slot, replica.Generation, replica.Offset, sizeBytes);
        if (_scratch.Hold(handle) is { } view)
        {
            return ReadMapped(view, blob, layer, out checksum);
        }

        if (handle.Remote is not { } remote)
        {
            return MmcStatus.LinkNotFound;
        }

        int operation = _scratch.RemoteOf(transport!).AddRead(
            remote, replica.Offset, replica.Generation, [layer], checksumSlot: replica.Slot);
        _scratch.RunRemote(deadline);
        checksum = _scratch.Remote.TryGetChecksum(operation, out uint stored) ? stored : null;
        return _scratch.Remote.StatusAt(operation);
    }

    private MmcStatus ReadMapped(SegmentView view, in BlobLocation blob, MemoryBuffer layer, out uint? checksum)
    {
        checksum = null;
        nuint source = view.IsCurrent(blob) ? view.DataAddress(blob.Offset, blob.SizeBytes) : 0;
        if (source == 0)
        {
            return MmcStatus.BlobChanged;
        }

        _scratch.AddGetPieces(source, blob.SizeBytes, [layer]);
        MmcStatus status = copies.Copy(_scratch.Pieces, CopyDirection.Get);
        checksum = view.TryReadChecksum(blob, out uint stored) ? stored : null;
        return status != MmcStatus.Ok || view.IsCurrent(blob) ? status : MmcStatus.BlobChanged;
    }
}
