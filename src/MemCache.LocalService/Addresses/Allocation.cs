using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>
/// An object that this process writes over several calls. All that changes is guarded by the lock of the
/// <see cref="AddressBook"/>.
/// </summary>
internal sealed class Allocation(
    AllocationLane lane, byte[] key, ObjectRef reference, SegmentHandle segment, GlobalAddress address,
    BlobLocation blob, long deadline)
    : KnownBlob(lane.Session, segment.Uuid, address, blob)
{
    private bool _isMappingHeld;

    /// <summary>The connection whose end would give its space away.</summary>
    public AllocationLane Lane { get; } = lane;

    public byte[] Key { get; } = key;

    /// <summary>The reservation, for its commit.</summary>
    public ObjectRef Ref { get; } = reference;

    /// <summary>When its lease ends, by this process's clock: no copy begins after that.</summary>
    public long Deadline { get; } = deadline;

    public AllocationState State { get; set; }

    /// <summary>
    /// What whoever claimed it wants it to become: published, dropped or revoked. His alone until he completes it.
    /// </summary>
    public AllocationState Goal { get; set; }

    /// <summary>What finishing it answered.</summary>
    public MmcStatus Result { get; set; }

    /// <summary>
    /// A copy over the network failed so that its bytes may still arrive: nothing can be published any more, for they
    /// might arrive behind later ones.
    /// </summary>
    public bool IsInDoubt { get; set; }

    /// <summary>Whether its slot can only be ended by the segment's owner. His alone who has claimed it.</summary>
    public bool IsRemote { get; set; }

    /// <summary>Then: the operation that ends it, -1: none. His alone who has claimed it.</summary>
    public int Operation { get; set; }

    /// <summary>Copies into it that run.</summary>
    public int CopyCount { get; set; }

    /// <summary>
    /// Holds the segment's mapping, if it has one, until <see cref="LetGo"/>: its owner may be taken for lost meanwhile,
    /// and join again with what the segment holds, and then only the slot says whether this process still writes.
    /// </summary>
    public void HoldMapping() => _isMappingHeld = segment.TryAcquire(out _);

    /// <summary>Lets go of the mapping.</summary>
    /// <param name="isGivenUp">Whether to say in the slot that nothing more is stored.</param>
    public void LetGo(bool isGivenUp)
    {
        if (!_isMappingHeld)
        {
            return;
        }

        if (isGivenUp)
        {
            segment.View.AbortWrite(Blob);
        }

        segment.Release();
        _isMappingHeld = false;
    }
}
