using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>
/// A mapped segment, the owner's or a peer's: addresses, page stamps and directory slots. Thread-safe. The memory is
/// written by other processes at any time, so every field is read once, checked, and used from the local. All members
/// but <see cref="TryAcquire"/> are legal only while the view is held.
/// </summary>
public sealed partial class SegmentView
{
    // Ten pages: one call to the kernel in 128 new slots, and at most 40 KiB that nobody asked for.
    private const int SlotsPerPopulation = 128;

    private readonly MappedRegion _region;
    private readonly SegmentLayout _layout;

    // Bit i: this process has seen to it that slots i * 128 .. have memory. Set by any thread, never cleared.
    private readonly ulong[] _populated;

    // Bit i: this mapping has page table entries for the i-th 2 MiB of data. Set by any thread, never cleared; null:
    // for all of them.
    private readonly ulong[]? _dataPopulated;

    internal SegmentView(MappedRegion region, SegmentLayout layout, SegmentUuid uuid, string fileName, bool isPopulated)
    {
        Invariant.Require(layout.IsValid && region.SizeBytes >= layout.FileBytes);
        _region = region;
        _layout = layout;
        Uuid = uuid;
        FileName = fileName;
        _populated = new ulong[((layout.SlotCount / SlotsPerPopulation) + 63) / 64];
        _dataPopulated = isPopulated ? null : new ulong[((layout.DataBytes / SegmentLayout.HugePageBytes) + 63) / 64];
    }

    /// <summary>Bytes of data.</summary>
    public long DataBytes => _layout.DataBytes;

    /// <summary>Slots of the directory.</summary>
    public uint SlotCount => _layout.SlotCount;

    /// <summary>Which segment it is.</summary>
    public SegmentUuid Uuid { get; }

    /// <summary>Name of its file, without the directory.</summary>
    public string FileName { get; }

    /// <summary>Slots that were ever written lie below this; what the file says, cut to what is possible.</summary>
    public uint SlotsInUse =>
        (uint)Math.Min(Volatile.Read(ref _region.Word(SegmentHeader.SlotsInUseOffset)), SlotCount);

    /// <summary>Holds the mapping: until <see cref="Release"/> it stays, whatever is disposed meanwhile.</summary>
    /// <returns><see langword="false"/> once disposing has begun; then there is nothing to release.</returns>
    public bool TryAcquire() => _region.TryAcquire();

    /// <summary>Ends what <see cref="TryAcquire"/> began.</summary>
    public void Release() => _region.Release();

    /// <summary>
    /// Address of a data range. The first time that a mapping of a peer's segment touches a range, its page table
    /// entries are made here, many at a time, which costs a quarter of what the page faults of the copy would.
    /// </summary>
    /// <returns>0 if the range does not lie inside the segment's data, or has no memory.</returns>
    public nuint DataAddress(long offset, long sizeBytes) =>
        IsInside(offset, sizeBytes) && TryPopulateData(offset, sizeBytes)
            ? _region.Address + (nuint)(_layout.DataOffset + offset)
            : 0;

    /// <summary>A data range as bytes.</summary>
    /// <returns>An empty span if the range does not lie inside the segment's data.</returns>
    public Span<byte> DataSpan(long offset, int length) =>
        DataAddress(offset, length) != 0 ? _region.Slice(_layout.DataOffset + offset, length) : default;

    /// <summary>
    /// Makes the caller the blob's writer: takes the slot, looks at the floor, then stamps every page of the blob. From
    /// here until <see cref="EndWrite(in BlobLocation, in BlobIdentity)"/> or <see cref="AbortWrite"/> it may store
    /// into the blob's range and nowhere else.
    /// </summary>
    /// <returns>
    /// <see cref="MmcStatus.ReservationRevoked"/>: the slot has gone on, or the segment has joined another time since
    /// the reservation was made; store nothing. <see cref="MmcStatus.InvalidParameter"/>: the blob does not lie in this
    /// segment. <see cref="MmcStatus.NotEnoughMemory"/>: there is no page for the directory.
    /// </returns>
    /// <param name="blob">Where to write.</param>
    /// <param name="isHidden">
    /// The blob is written over several calls: its stamps say so until <see cref="EndWrite(in BlobLocation, in BlobIdentity)"/>, so that a reader who is
    /// told of a page by its address alone does not take what is there so far for the object.
    /// </param>
    /// <param name="isRemote">
    /// The owner's data server writes for a client on another host: the slot names no writer, and the server alone
    /// knows whether bytes may still arrive.
    /// </param>
    public MmcStatus BeginWrite(in BlobLocation blob, bool isHidden = false, bool isRemote = false)
    {
        if (!IsInBounds(blob))
        {
            return MmcStatus.InvalidParameter;
        }

        if (!TryPopulateSlot(blob.Slot))
        {
            return MmcStatus.NotEnoughMemory;
        }

        // Looked at before as well: the slot may be that of an object which the owner has brought back.
        RaiseSlotsInUse(blob.Slot + 1UL);
        ulong floor = GenerationFloor;
        if (blob.Generation < floor || !TryTakeSlot(ref WordOf(blob.Slot), blob.Generation, floor))
        {
            return MmcStatus.ReservationRevoked;
        }

        FillRange(blob, isRemote ? default : Writer);
        // ORDER: full barrier between what the owner scans for and the floor that it sets before it scans. Either its
        // scan finds our range, or we find its floor: docs/design/joining-again.md.
        Interlocked.MemoryBarrier();
        if (blob.Generation < GenerationFloor)
        {
            AbortWrite(blob);
            return MmcStatus.ReservationRevoked;
        }

        StampsOf(blob).Fill(isHidden ? blob.Generation | SegmentLayout.HiddenStampBit : blob.Generation);
        // ORDER: every stamp before the first byte of data. A reader that saw one of our bytes finds one of our stamps
        // afterwards.
        Interlocked.MemoryBarrier();
        return MmcStatus.Ok;
    }

    /// <summary>Publishes the only replica of an object: as the other overload.</summary>
    public MmcStatus EndWrite(in BlobLocation blob, ReadOnlySpan<byte> key, uint? checksum) =>
        EndWrite(blob, new BlobIdentity
        {
            Key = key,
            Checksum = checksum,
            PutGeneration = blob.Generation,
            ReplicaCount = 1,
        });

    /// <summary>Publishes the blob in the directory, after all of its bytes are stored and fenced.</summary>
    /// <param name="blob">As given to <see cref="BeginWrite"/>.</param>
    /// <param name="identity">What the slot is to say of the object.</param>
    /// <returns>
    /// <see cref="MmcStatus.ReservationRevoked"/>: the slot is no longer this writer's; do not commit.
    /// <see cref="MmcStatus.InvalidParameter"/>: blob or identity are not legal.
    /// </returns>
    public MmcStatus EndWrite(in BlobLocation blob, in BlobIdentity identity)
    {
        if (!IsInBounds(blob) || !identity.IsLegal || !TryPopulateSlot(blob.Slot))
        {
            return MmcStatus.InvalidParameter;
        }

        ref ulong word = ref WordOf(blob.Slot);
        ulong writing = new SlotWord(blob.Generation, SlotState.Writing).Value;
        if (Volatile.Read(ref word) != writing)
        {
            return MmcStatus.ReservationRevoked;
        }

        Reveal(blob);
        FillSlot(blob, identity);
        // ORDER: compare-and-swap is a full barrier: data and fields before the word that says they are there.
        ulong ready = new SlotWord(blob.Generation, SlotState.Ready).Value;
        return Interlocked.CompareExchange(ref word, ready, writing) == writing
            ? MmcStatus.Ok
            : MmcStatus.ReservationRevoked;
    }

    /// <summary>Gives the slot up. The caller stores nothing into the blob from here on.</summary>
    public void AbortWrite(in BlobLocation blob)
    {
        if (IsInBounds(blob) && TryPopulateSlot(blob.Slot))
        {
            // ORDER: full barrier: our last store into the blob before the word that lets others have it.
            Interlocked.CompareExchange(
                ref WordOf(blob.Slot),
                new SlotWord(blob.Generation, SlotState.Free).Value,
                new SlotWord(blob.Generation, SlotState.Writing).Value);
        }
    }

    /// <summary>
    /// Whether every page of the blob belongs to it now. <see langword="true"/> before and after a copy: the copy has
    /// the blob's bytes and no others.
    /// </summary>
    public bool IsCurrent(in BlobLocation blob)
    {
        if (!IsInBounds(blob))
        {
            return false;
        }

        // ORDER: what the caller read before is read before the stamps, and what it reads after is read after them.
        Interlocked.MemoryBarrier();
        bool current = !StampsOf(blob).ContainsAnyExcept(blob.Generation);
        Interlocked.MemoryBarrier();
        return current;
    }

    /// <summary>
    /// The stamp of the page that <paramref name="offset"/> lies in; 0 if it lies outside, or nothing was ever there.
    /// </summary>
    public ulong StampAt(long offset) => IsInside(offset, 1) ? Volatile.Read(ref StampsOf(offset, 1)[0]) : 0;

    /// <summary>
    /// Whether every page that the range touches has this stamp. <see langword="true"/> before and after a copy: all
    /// that was copied belongs to the blob with that generation.
    /// </summary>
    public bool IsStamped(long offset, long sizeBytes, ulong stamp)
    {
        if (!IsInside(offset, sizeBytes))
        {
            return false;
        }

        // ORDER: as in IsCurrent.
        Interlocked.MemoryBarrier();
        bool isStamped = !StampsOf(offset, sizeBytes).ContainsAnyExcept(stamp);
        Interlocked.MemoryBarrier();
        return isStamped;
    }

    /// <summary>Reads the checksum that was stored with the blob.</summary>
    /// <returns><see langword="false"/> if there is none, or the slot is no longer this blob's.</returns>
    public bool TryReadChecksum(in BlobLocation blob, out uint checksum)
    {
        bool found = TryReadSlot(blob.Slot, out DirectorySlot slot)
            && slot.Generation == blob.Generation
            && (slot.Flags & DirectorySlot.FlagChecksum) != 0;
        checksum = found ? slot.Checksum : 0;
        return found;
    }

    /// <summary>Reads a slot whose writer has finished, whole or not at all.</summary>
    /// <returns>
    /// <see langword="false"/> unless the slot is <see cref="SlotState.Ready"/>, did not change meanwhile, and all of
    /// its fields are legal. Whether the blob is current, its stamps say: <see cref="IsCurrent"/>.
    /// </returns>
    public bool TryReadSlot(uint slot, out DirectorySlot content)
    {
        content = default;
        if (slot >= SlotsInUse || !TryPopulateSlot(slot))
        {
            return false;
        }

        ulong before = Volatile.Read(ref WordOf(slot));
        // ORDER: word, then fields, then word again; barriers keep the reads apart.
        Interlocked.MemoryBarrier();
        SlotBytes(slot).CopyTo(MemoryMarshal.AsBytes(new Span<DirectorySlot>(ref content)));
        Interlocked.MemoryBarrier();
        ulong after = Volatile.Read(ref WordOf(slot));

        SlotWord word = new(before);
        return before == after
            && content.Word == before
            && word.State == SlotState.Ready
            && content.Generation == word.Generation
            && content.KeyLength is >= Limits.KeyBytesMin and <= Limits.KeyBytesMax
            && content.ReplicaCount is >= 1 and <= Limits.ReplicaCountMax
            && content.ReplicaIndex < content.ReplicaCount
            && IsInBounds(new BlobLocation(default, slot, content.Generation, content.Offset, content.SizeBytes));
    }

    /// <summary>Reads a slot's word, whatever it says.</summary>
    /// <returns><see langword="false"/> if there is no such slot or no memory for it.</returns>
    public bool TryReadWord(uint slot, out SlotWord word)
    {
        bool readable = slot < SlotCount && TryPopulateSlot(slot);
        word = readable ? new SlotWord(Volatile.Read(ref WordOf(slot))) : default;
        return readable;
    }

    /// <summary>
    /// Decides, on the owner's side, whether the space of a reservation whose session is gone can be given away.
    /// </summary>
    /// <param name="slot">The reservation's slot.</param>
    /// <param name="generation">The reservation's generation.</param>
    /// <param name="writerIsDead">
    /// Found out before this call: <see cref="LivenessFile.IsDead(string, string)"/>.
    /// </param>
    public OrphanState ResolveOrphan(uint slot, ulong generation, bool writerIsDead)
    {
        if (slot >= SlotCount || generation is 0 or > Limits.GenerationMax)
        {
            return OrphanState.Finished; // no writer can ever begin such a blob
        }

        if (!TryPopulateSlot(slot))
        {
            return OrphanState.Pending;
        }

        ref ulong word = ref WordOf(slot);
        ulong revoked = new SlotWord(generation, SlotState.Revoked).Value;
        while (true)
        {
            ulong seen = Volatile.Read(ref word);
            OrphanState state = Judge(new SlotWord(seen), generation, writerIsDead);
            // A blob that was finished too late is no object: it must not come back as one when the segment joins
            // again.
            bool changesWord = state is OrphanState.Revoked or OrphanState.WriterDead
                || seen == new SlotWord(generation, SlotState.Ready).Value;
            if (!changesWord || Interlocked.CompareExchange(ref word, revoked, seen) == seen)
            {
                return state;
            }
        }
    }

    private static OrphanState Judge(SlotWord word, ulong generation, bool writerIsDead)
    {
        if (word.Generation < generation)
        {
            return OrphanState.Revoked;
        }

        bool isWriting = word.Generation == generation && word.State == SlotState.Writing;
        return !isWriting ? OrphanState.Finished
            : writerIsDead ? OrphanState.WriterDead
            : OrphanState.Pending;
    }

    private static bool TryTakeSlot(ref ulong word, ulong generation, ulong floor)
    {
        ulong writing = new SlotWord(generation, SlotState.Writing).Value;
        ulong seen = Volatile.Read(ref word);
        while (new SlotWord(seen).Generation < generation && !IsLate(new SlotWord(seen), floor))
        {
            ulong was = Interlocked.CompareExchange(ref word, writing, seen);
            if (was == seen)
            {
                return true;
            }

            seen = was;
        }

        return false;
    }

    private void FillSlot(in BlobLocation blob, in BlobIdentity identity)
    {
        Span<byte> bytes = SlotBytes(blob.Slot);
        ref DirectorySlot slot = ref MemoryMarshal.AsRef<DirectorySlot>(bytes);
        slot.Checksum = identity.Checksum.GetValueOrDefault();
        slot.KeyLength = (ushort)identity.Key.Length;
        slot.Flags = identity.Checksum is null ? (byte)0 : DirectorySlot.FlagChecksum;
        slot.SetTerms(identity.Terms);
        slot.SetReplica(identity.ReplicaIndex, identity.ReplicaCount);
        slot.PutGeneration = identity.PutGeneration;
        identity.Key.CopyTo(bytes[DirectorySlot.KeyOffset..]);
    }

    // One who came too late has taken the slot and will give it up, but may fill its fields first.
    private static bool IsLate(SlotWord word, ulong floor) =>
        word.State == SlotState.Writing && word.Generation < floor;

    private void FillRange(in BlobLocation blob, SegmentUuid writer)
    {
        ref DirectorySlot slot = ref MemoryMarshal.AsRef<DirectorySlot>(SlotBytes(blob.Slot));
        slot.Offset = blob.Offset;
        slot.SizeBytes = blob.SizeBytes;
        slot.Writer = writer.Value;
        // ORDER: release: whoever reads this generation, and acquires with it, reads the fields above.
        Volatile.Write(ref slot.Generation, blob.Generation);
    }

    private bool IsInBounds(in BlobLocation blob) =>
        blob.Slot < SlotCount
        && blob.Generation is > 0 and <= Limits.GenerationMax
        && (blob.Offset & (Limits.BlobAlignmentBytes - 1)) == 0
        && IsInside(blob.Offset, blob.SizeBytes);

    private bool IsInside(long offset, long sizeBytes) =>
        offset >= 0 && sizeBytes > 0 && sizeBytes <= DataBytes && offset <= DataBytes - sizeBytes;

    private Span<ulong> StampsOf(in BlobLocation blob) => StampsOf(blob.Offset, blob.SizeBytes);

    private Span<ulong> StampsOf(long offset, long sizeBytes)
    {
        long first = offset >> Limits.BlobAlignmentShift;
        long last = (offset + sizeBytes - 1) >> Limits.BlobAlignmentShift;
        return _region.Words(SegmentLayout.StampOffset + (first * SegmentLayout.StampBytes), (int)(last - first + 1));
    }

    /// <summary>
    /// Takes the mark off the stamps of a blob that was written hidden. Only its writer, before it says ready.
    /// </summary>
    private void Reveal(in BlobLocation blob)
    {
        Span<ulong> stamps = StampsOf(blob);
        if ((stamps[0] & SegmentLayout.HiddenStampBit) != 0)
        {
            // ORDER: the bytes of the blob, fenced by those who stored them, before the stamps that show them.
            Interlocked.MemoryBarrier();
            stamps.Fill(blob.Generation);
        }
    }

    private ref ulong WordOf(uint slot) =>
        ref _region.Word(_layout.DirectoryOffset + ((long)slot * DirectorySlot.SizeOf));

    private Span<byte> SlotBytes(uint slot) =>
        _region.Slice(_layout.DirectoryOffset + ((long)slot * DirectorySlot.SizeOf), DirectorySlot.SizeOf);

    /// <summary>
    /// Sees to it that a slot has memory, so that touching it cannot be a SIGBUS when the file system is full.
    /// </summary>
    private bool TryPopulateSlot(uint slot)
    {
        uint group = slot / SlotsPerPopulation;
        return (Volatile.Read(ref _populated[group / 64]) & (1UL << (int)(group % 64))) != 0 || TryPopulateGroup(group);
    }

    private bool TryPopulateGroup(uint group)
    {
        const long GroupBytes = (long)SlotsPerPopulation * DirectorySlot.SizeOf;
        long begin = group * GroupBytes;
        long end = Math.Min(begin + GroupBytes, SegmentLayout.RoundUp(_layout.DirectoryBytes));
        if (_region.Populate(_layout.DirectoryOffset + begin, end - begin) != Errno.None)
        {
            return false;
        }

        Interlocked.Or(ref _populated[group / 64], 1UL << (int)(group % 64));
        return true;
    }

    private bool TryPopulateData(long offset, long sizeBytes)
    {
        if (_dataPopulated is null)
        {
            return true;
        }

        long last = (offset + sizeBytes - 1) / SegmentLayout.HugePageBytes;
        bool isPopulated = true;
        for (long part = offset / SegmentLayout.HugePageBytes; isPopulated && part <= last; part++)
        {
            isPopulated = (Volatile.Read(ref _dataPopulated[part / 64]) & (1UL << (int)(part % 64))) != 0
                || TryPopulatePart(_dataPopulated, part);
        }

        return isPopulated;
    }

    private bool TryPopulatePart(ulong[] populated, long part)
    {
        long offset = _layout.DataOffset + (part * SegmentLayout.HugePageBytes);
        if (_region.Populate(offset, SegmentLayout.HugePageBytes) != Errno.None)
        {
            return false;
        }

        Interlocked.Or(ref populated[part / 64], 1UL << (int)(part % 64));
        return true;
    }

    private void RaiseSlotsInUse(ulong count)
    {
        ref ulong inUse = ref _region.Word(SegmentHeader.SlotsInUseOffset);
        ulong seen = Volatile.Read(ref inUse);
        while (seen < count)
        {
            ulong was = Interlocked.CompareExchange(ref inUse, count, seen);
            if (was == seen)
            {
                return;
            }

            seen = was;
        }
    }
}
