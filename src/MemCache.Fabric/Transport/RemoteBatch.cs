using MemCache.Core;

namespace MemCache.Fabric;

/// <summary>
/// One-sided operations on remote segments that run together: collected, started, finished. The owner's side checks
/// each operation against its segment's directory and page stamps, before and after it touches the bytes. Not
/// thread-safe; a warm batch allocates nothing. Buffers are read or written between <see cref="Start"/> and the end of
/// <see cref="Finish"/> and must stay valid until then; after it nothing of this batch touches them any more, whatever
/// happened.
/// </summary>
/// <remarks>
/// Statuses of an operation. Ok. LinkNotFound: the peer is not reachable, or was lost in the middle. Timeout: no
/// progress, or the deadline passed. TlsFailed: encryption failed, or a certificate was refused. NotConnectedToLocal:
/// the peer answers but does not have this segment (any more). InvalidParameter: the range does not lie in the segment
/// or leaves its blob. BlobChanged: the pages are not (any more) the blob's; a read's buffers hold garbage.
/// ReservationRevoked: the slot has gone on; nothing was stored. StateMismatch: another process is still writing it.
/// After a write that did not return Ok or ReservationRevoked the peer may still be storing bytes into the reserved
/// range: its space may be given away only by the segment's owner (<see cref="CommitEntry.Publish"/> = 2).
/// </remarks>
public abstract class RemoteBatch : IDisposable
{
    /// <summary>Operations collected so far.</summary>
    public abstract int Count { get; }

    /// <summary>Reads a range whose pages must all have this stamp.</summary>
    /// <param name="segment">Where.</param>
    /// <param name="offset">First byte, from the start of the segment's data.</param>
    /// <param name="stamp">The blob's generation, with <see cref="SegmentLayout.HiddenStampBit"/> for an unfinished one
    /// of the caller's own.</param>
    /// <param name="layers">Filled one behind the other; their sizes add up to the size of the range.</param>
    /// <param name="checksumSlot">Slot whose checksum is to come along, see <see cref="TryGetChecksum"/>; -1:
    /// none.</param>
    /// <returns>The operation's index, 0-based.</returns>
    public abstract int AddRead(
        RemoteSegment segment, long offset, ulong stamp, ReadOnlySpan<MemoryBuffer> layers, long checksumSlot = -1);

    /// <summary>
    /// Reads a range that is known by its address only: the owner finds out whose page it is and whether the address's
    /// tag fits.
    /// </summary>
    public abstract int AddRead(RemoteSegment segment, GlobalAddress address, ReadOnlySpan<MemoryBuffer> layers);

    /// <summary>
    /// Writes a whole blob under its reservation: takes the slot, stamps the pages, stores the bytes, marks the slot
    /// ready.
    /// </summary>
    /// <param name="segment">Where.</param>
    /// <param name="blob">The reservation.</param>
    /// <param name="identity">What the slot says of the object.</param>
    /// <param name="layers">The object's bytes.</param>
    public abstract int AddPut(
        RemoteSegment segment, in BlobLocation blob, in BlobIdentity identity, ReadOnlySpan<MemoryBuffer> layers);

    /// <summary>
    /// Takes the slot and stamps the pages hidden: <see cref="SegmentView.BeginWrite"/> at the owner.
    /// </summary>
    public abstract int AddBegin(RemoteSegment segment, in BlobLocation blob);

    /// <summary>Stores a part of a blob that was begun.</summary>
    /// <param name="segment">Where.</param>
    /// <param name="blob">The reservation.</param>
    /// <param name="offset">First byte, from the start of the segment's data; inside the blob.</param>
    /// <param name="layers">The part's bytes.</param>
    public abstract int AddWrite(
        RemoteSegment segment, in BlobLocation blob, long offset, ReadOnlySpan<MemoryBuffer> layers);

    /// <summary>
    /// Marks a blob that was begun ready: <see cref="SegmentView.EndWrite(in BlobLocation, in BlobIdentity)"/> at the
    /// owner.
    /// </summary>
    public abstract int AddEnd(RemoteSegment segment, in BlobLocation blob, in BlobIdentity identity);

    /// <summary>Gives a blob that was begun up: <see cref="SegmentView.AbortWrite"/> at the owner.</summary>
    public abstract int AddAbort(RemoteSegment segment, in BlobLocation blob);

    /// <summary>Sends what can be sent at once. Local copies may run between this and <see cref="Finish"/>.</summary>
    /// <param name="deadline">A <see cref="Deadline"/>: <see cref="Finish"/> returns by then.</param>
    public abstract void Start(long deadline);

    /// <summary>Carries all operations to their end.</summary>
    public abstract void Finish();

    /// <summary>Outcome of an operation, after <see cref="Finish"/>.</summary>
    public abstract MmcStatus StatusAt(int index);

    /// <summary>The CRC-32C that was stored with the object, if one was asked for and is there.</summary>
    public abstract bool TryGetChecksum(int index, out uint checksum);

    /// <summary>Empties the batch for its next use.</summary>
    public abstract void Clear();

    /// <inheritdoc/>
    public abstract void Dispose();
}
