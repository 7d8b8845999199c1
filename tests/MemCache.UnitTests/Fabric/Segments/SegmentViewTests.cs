using System.Buffers.Binary;
using System.Diagnostics;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests;

public sealed class SegmentViewTests : IDisposable
{
    private const long DataBytes = 4 << 20;

    private readonly SegmentFixture _fixture = new();
    private readonly SegmentView _view;

    public SegmentViewTests() => _view = _fixture.CreateOwned(DataBytes).View;

    public static TheoryData<BlobLocation> WrongLocations => new(
        new BlobLocation(default, 1024, 1, 0, 1), // no such slot
        new BlobLocation(default, uint.MaxValue, 1, 0, 1),
        new BlobLocation(default, 0, 0, 0, 1), // no generation
        new BlobLocation(default, 0, Limits.GenerationMax + 1, 0, 1),
        new BlobLocation(default, 0, ulong.MaxValue, 0, 1),
        new BlobLocation(default, 0, 1, 1, 1), // not on a page
        new BlobLocation(default, 0, 1, -4096, 4096),
        new BlobLocation(default, 0, 1, DataBytes, 1),
        new BlobLocation(default, 0, 1, 4096, DataBytes),
        new BlobLocation(default, 0, 1, 0, DataBytes + 1),
        new BlobLocation(default, 0, 1, 0, 0),
        new BlobLocation(default, 0, 1, 0, -1),
        new BlobLocation(default, 0, 1, long.MinValue, long.MaxValue),
        new BlobLocation(default, 0, 1, 4096, long.MaxValue),
        new BlobLocation(default, 0, 1, long.MaxValue - 4095, 1));

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_write_takes_the_slot_stamps_the_pages_and_publishes()
    {
        BlobLocation blob = Blob(5, 7, 8192, 4097);
        Assert.False(_view.IsCurrent(blob));
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        Assert.True(_view.IsCurrent(blob));
        Assert.Equal(new SlotWord(7, SlotState.Writing), Word(5));
        Assert.False(_view.TryReadSlot(5, out _));

        Assert.Equal(MmcStatus.Ok, _view.EndWrite(blob, "the key"u8, 0xCAFE));
        Assert.Equal(new SlotWord(7, SlotState.Ready), Word(5));
        Assert.True(_view.TryReadSlot(5, out DirectorySlot slot));
        Assert.Equal((8192, 4097, 7u), (slot.Offset, slot.SizeBytes, (uint)slot.Generation));
        Assert.Equal("the key"u8, slot.Key);
        Assert.True(_view.TryReadChecksum(blob, out uint checksum));
        Assert.Equal(0xCAFEu, checksum);
        Assert.Equal(6u, _view.SlotsInUse);
    }

    [Fact]
    public void A_hidden_blob_is_nobodys_to_read_until_its_write_has_ended()
    {
        BlobLocation blob = Blob(5, 7, 8192, 4097);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob, isHidden: true));
        Assert.False(_view.IsCurrent(blob));
        Assert.Equal(7 | SegmentLayout.HiddenStampBit, _view.StampAt(8192));
        Assert.Equal(7 | SegmentLayout.HiddenStampBit, _view.StampAt(12288));
        Assert.False(_view.IsStamped(8192, 1, 7));

        Assert.Equal(MmcStatus.Ok, _view.EndWrite(blob, "k"u8, null));
        Assert.True(_view.IsCurrent(blob));
        Assert.True(_view.IsStamped(8193, 8191, 7));
        Assert.True(_view.IsStamped(12288, 1, 7));
        Assert.False(_view.IsStamped(8191, 2, 7));
        Assert.False(_view.IsStamped(16383, 2, 7));
    }

    [Fact]
    public void A_hidden_blob_whose_write_was_given_up_stays_hidden()
    {
        BlobLocation blob = Blob(5, 7, 8192, 4097);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob, isHidden: true));
        _view.AbortWrite(blob);
        Assert.Equal(MmcStatus.ReservationRevoked, _view.EndWrite(blob, "k"u8, null));
        Assert.Equal(7 | SegmentLayout.HiddenStampBit, _view.StampAt(8192));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(DataBytes, 1)]
    [InlineData(0, DataBytes + 1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_range_outside_is_not_stamped(long offset, long sizeBytes)
    {
        Assert.False(_view.IsStamped(offset, sizeBytes, 0));
        Assert.Equal(0u, _view.StampAt(-1));
        Assert.Equal(0u, _view.StampAt(DataBytes));
    }

    [Fact]
    public void The_bytes_of_stamps_and_slot_are_these()
    {
        BlobLocation blob = Blob(2, 0x0ABCDEF012345678, 4096, 5000);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        Assert.Equal(MmcStatus.Ok, _view.EndWrite(blob, "abc"u8, 0x11223344));

        byte[] file = _fixture.MapRaw(_view).Slice(0, 4 << 20).ToArray();
        Assert.Equal(
            "0000000000000000" + "78563412F0DEBC0A" + "78563412F0DEBC0A" + "0000000000000000",
            Convert.ToHexString(file, 4096, 32));
        Assert.Equal(
            "82674523" + "01EFCDAB" + // generation << 4 | ready
            "0010000000000000" + // offset
            "8813000000000000" + // size
            "78563412F0DEBC0A" + // generation
            "44332211" + // checksum
            "0300" + // key length
            "01" + // flags
            "01" + // replicas
            "78563412F0DEBC0A" + // generation of the put
            new string('0', 32) + // index of the replica, and room
            "616263" + "00", // key
            Convert.ToHexString(file, (2 << 20) + (2 * 320), 68));
        Assert.Equal(3UL, BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(128)));
    }

    [Fact]
    public void The_longest_key_fits()
    {
        byte[] key = new byte[Limits.KeyBytesMax];
        key.AsSpan().Fill((byte)'k');
        BlobLocation blob = Write(4, 1, 0, 4096, key);
        BlobLocation next = Write(5, 2, 4096, 4096);
        Assert.True(_view.TryReadSlot(blob.Slot, out DirectorySlot slot));
        Assert.Equal(key, slot.Key);
        Assert.True(_view.TryReadSlot(next.Slot, out slot));
        Assert.Equal("key"u8, slot.Key);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void A_key_of_illegal_length_is_refused(int length)
    {
        BlobLocation blob = Blob(0, 1, 0, 4096);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        Assert.Equal(MmcStatus.InvalidParameter, _view.EndWrite(blob, new byte[length], null));
        Assert.Equal(SlotState.Writing, Word(0).State);
    }

    [Fact]
    public void A_blob_without_checksum_has_none()
    {
        BlobLocation blob = Blob(0, 1, 0, 4096);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        Assert.Equal(MmcStatus.Ok, _view.EndWrite(blob, "k"u8, null));
        Assert.True(_view.TryReadSlot(0, out _));
        Assert.False(_view.TryReadChecksum(blob, out _));
    }

    [Theory]
    [MemberData(nameof(WrongLocations))]
    public void A_wrong_location_is_a_status_and_touches_nothing(BlobLocation blob)
    {
        Assert.Equal(MmcStatus.InvalidParameter, _view.BeginWrite(blob));
        Assert.Equal(MmcStatus.InvalidParameter, _view.EndWrite(blob, "k"u8, 1));
        _view.AbortWrite(blob);
        Assert.False(_view.IsCurrent(blob));
        Assert.False(_view.TryReadChecksum(blob, out _));
        Assert.Equal(0u, _view.SlotsInUse);
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(0, DataBytes, true)]
    [InlineData(DataBytes - 1, 1, true)]
    [InlineData(1, 1, true)]
    [InlineData(0, 0, false)]
    [InlineData(0, -1, false)]
    [InlineData(-1, 1, false)]
    [InlineData(DataBytes, 1, false)]
    [InlineData(1, DataBytes, false)]
    [InlineData(long.MaxValue, long.MaxValue, false)]
    [InlineData(long.MinValue, long.MinValue, false)]
    public void An_address_is_given_for_ranges_inside_the_data_only(long offset, long sizeBytes, bool isInside) =>
        Assert.Equal(isInside, _view.DataAddress(offset, sizeBytes) != 0);

    [Fact]
    public void A_later_blob_that_takes_one_page_makes_the_earlier_one_stale()
    {
        BlobLocation first = Write(0, 1, 0, 3 * 4096);
        Assert.True(_view.IsCurrent(first));
        BlobLocation neighbour = Write(1, 2, 3 * 4096, 4096);
        Assert.True(_view.IsCurrent(first));

        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(Blob(2, 3, 2 * 4096, 1)));
        Assert.False(_view.IsCurrent(first));
        Assert.True(_view.IsCurrent(neighbour));
        Assert.True(_view.TryReadSlot(0, out _)); // its slot still says ready: stamps decide
    }

    [Fact]
    public void Every_single_page_counts()
    {
        BlobLocation blob = Write(0, 1, 4096, 67 * 4096);
        for (int page = 0; page < 67; page++)
        {
            Assert.Equal(MmcStatus.Ok, _view.BeginWrite(Blob(1, 2 + (ulong)(2 * page), 4096 + (page * 4096L), 4096)));
            Assert.False(_view.IsCurrent(blob), $"page {page}");
            blob = Write(2, 3 + (ulong)(2 * page), 4096, 67 * 4096);
            Assert.True(_view.IsCurrent(blob));
        }
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(7, 6)]
    [InlineData(7, 1)]
    public void A_slot_that_has_gone_on_lets_no_earlier_writer_begin(ulong current, ulong late)
    {
        BlobLocation blob = Write(0, current, 0, 4096);
        Assert.Equal(MmcStatus.ReservationRevoked, _view.BeginWrite(Blob(0, late, 4096, 4096)));
        Assert.True(_view.IsCurrent(blob));
        Assert.False(_view.IsCurrent(Blob(0, late, 4096, 4096)));
    }

    [Fact]
    public void A_writer_that_lost_its_slot_cannot_publish()
    {
        BlobLocation blob = Blob(0, 1, 0, 4096);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        BlobLocation later = Write(0, 2, 0, 4096);
        Assert.Equal(MmcStatus.ReservationRevoked, _view.EndWrite(blob, "late"u8, null));
        Assert.True(_view.TryReadSlot(0, out DirectorySlot slot));
        Assert.Equal(later.Generation, slot.Generation);
        Assert.Equal("key"u8, slot.Key);
    }

    [Fact]
    public void A_write_that_never_began_cannot_be_published() =>
        Assert.Equal(MmcStatus.ReservationRevoked, _view.EndWrite(Blob(0, 1, 0, 4096), "k"u8, null));

    [Fact]
    public void Giving_up_frees_the_slot_of_this_writer_only()
    {
        BlobLocation blob = Blob(0, 1, 0, 4096);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        _view.AbortWrite(Blob(0, 2, 0, 4096));
        Assert.Equal(SlotState.Writing, Word(0).State);
        _view.AbortWrite(blob);
        Assert.Equal(new SlotWord(1, SlotState.Free), Word(0));
        Assert.Equal(MmcStatus.ReservationRevoked, _view.EndWrite(blob, "k"u8, null));
    }

    [Fact]
    public void An_orphan_whose_writer_has_not_begun_is_revoked_and_can_never_begin()
    {
        Assert.Equal(OrphanState.Revoked, _view.ResolveOrphan(3, 5, writerIsDead: false));
        Assert.Equal(new SlotWord(5, SlotState.Revoked), Word(3));
        Assert.Equal(MmcStatus.ReservationRevoked, _view.BeginWrite(Blob(3, 5, 0, 4096)));
        Assert.False(_view.IsCurrent(Blob(3, 5, 0, 4096)));
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(Blob(3, 6, 0, 4096)));
    }

    [Fact]
    public void An_orphan_whose_writer_lives_and_writes_is_kept()
    {
        BlobLocation blob = Blob(3, 5, 0, 4096);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        Assert.Equal(OrphanState.Pending, _view.ResolveOrphan(3, 5, writerIsDead: false));
        Assert.Equal(MmcStatus.Ok, _view.EndWrite(blob, "k"u8, null));
        Assert.Equal(OrphanState.Finished, _view.ResolveOrphan(3, 5, writerIsDead: false));
    }

    [Fact]
    public void An_orphan_whose_writer_died_while_writing_is_given_away()
    {
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(Blob(3, 5, 0, 4096)));
        Assert.Equal(OrphanState.WriterDead, _view.ResolveOrphan(3, 5, writerIsDead: true));
        Assert.Equal(new SlotWord(5, SlotState.Revoked), Word(3));
        Assert.Equal(OrphanState.Finished, _view.ResolveOrphan(3, 5, writerIsDead: true));
    }

    [Theory]
    [InlineData(SlotState.Free)]
    [InlineData(SlotState.Ready)]
    public void An_orphan_whose_writer_ended_by_itself_is_given_away(SlotState end)
    {
        BlobLocation blob = Blob(3, 5, 0, 4096);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        if (end == SlotState.Ready)
        {
            Assert.Equal(MmcStatus.Ok, _view.EndWrite(blob, "k"u8, null));
        }
        else
        {
            _view.AbortWrite(blob);
        }

        Assert.Equal(OrphanState.Finished, _view.ResolveOrphan(3, 5, writerIsDead: false));
        // What was finished too late must not be taken for an object when the segment joins again.
        Assert.Equal(new SlotWord(5, end == SlotState.Ready ? SlotState.Revoked : end), Word(3));
    }

    [Fact]
    public void An_orphan_whose_slot_has_gone_on_is_given_away_and_the_later_writer_is_not_disturbed()
    {
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(Blob(3, 6, 0, 4096)));
        Assert.Equal(OrphanState.Finished, _view.ResolveOrphan(3, 5, writerIsDead: true));
        Assert.Equal(new SlotWord(6, SlotState.Writing), Word(3));
    }

    [Theory]
    [InlineData(1024, 1)]
    [InlineData(uint.MaxValue, 1)]
    [InlineData(0, 0)]
    [InlineData(0, ulong.MaxValue)]
    public void An_orphan_that_no_writer_could_ever_begin_is_finished(uint slot, ulong generation) =>
        Assert.Equal(OrphanState.Finished, _view.ResolveOrphan(slot, generation, writerIsDead: false));

    [Fact]
    public async Task Revoking_and_beginning_at_the_same_time_never_both_succeed()
    {
        const int Rounds = 5_000;
        MmcStatus[] begun = new MmcStatus[Rounds];
        OrphanState[] resolved = new OrphanState[Rounds];
        int revoked = 0;
        int turn = 0;
        void Meet(int round)
        {
            Interlocked.Increment(ref turn);
            SpinWait.SpinUntil(() => Volatile.Read(ref turn) >= 2 * (round + 1));
        }

        Task owner = Task.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Meet(i);
                resolved[i] = _view.ResolveOrphan((uint)(i % 256), (ulong)i + 1, writerIsDead: false);
            }
        });
        Task writer = Task.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Meet(i);
                begun[i] = _view.BeginWrite(Blob((uint)(i % 256), (ulong)i + 1, 0, 4096));
            }
        });
        await Task.WhenAll(owner, writer);

        for (int i = 0; i < Rounds; i++)
        {
            bool hasBegun = begun[i] == MmcStatus.Ok;
            Assert.Equal(hasBegun ? MmcStatus.Ok : MmcStatus.ReservationRevoked, begun[i]);
            Assert.Equal(hasBegun ? OrphanState.Pending : OrphanState.Revoked, resolved[i]);
            revoked += hasBegun ? 0 : 1;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{revoked} of {Rounds} revoked in time");
    }

    [Fact]
    public async Task A_copy_that_overlaps_a_later_write_is_always_found_out()
    {
        const int BlobBytes = 64 << 10;
        TimeSpan patience = TimeSpan.FromSeconds(15);
        int published = 0;
        bool isDone = false;
        Task writer = Task.Run(() =>
        {
            // One range of memory, one generation after the other; the byte follows from the generation. The rests let
            // some reads through.
            SplitMix64 random = new(1);
            for (int g = 1; !Volatile.Read(ref isDone); g++)
            {
                BlobLocation blob = Blob(0, (ulong)g, 0, BlobBytes);
                Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
                Data(blob).Fill((byte)(g % 251));
                CopyKernels.StoreFence();
                Assert.Equal(MmcStatus.Ok, _view.EndWrite(blob, "k"u8, null));
                Volatile.Write(ref published, g);
                Thread.SpinWait((int)random.Below(4000));
            }
        });

        byte[] copy = new byte[BlobBytes];
        (int accepted, int torn, long reads) = (0, 0, 0);
        long begin = Stopwatch.GetTimestamp();
        try
        {
            for (; (accepted < 50 || torn < 10) && Stopwatch.GetElapsedTime(begin) < patience; reads++)
            {
                int g = Volatile.Read(ref published);
                BlobLocation blob = Blob(0, (ulong)Math.Max(g, 1), 0, BlobBytes);
                if (g == 0 || !_view.IsCurrent(blob))
                {
                    continue;
                }

                Data(blob).CopyTo(copy);
                bool isCurrent = _view.IsCurrent(blob);
                bool isWhole = !copy.AsSpan().ContainsAnyExcept((byte)(g % 251));
                Assert.True(isWhole || !isCurrent, $"a torn copy of generation {g} passed for current");
                accepted += isCurrent ? 1 : 0;
                torn += isWhole ? 0 : 1;
            }
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            await writer;
        }

        Assert.True(accepted > 0 && torn > 0, $"the race never happened: {accepted} accepted, {torn} torn of {reads} reads");
    }

    [Fact]
    public void A_directory_without_memory_is_a_status_and_no_signal()
    {
        using ShmDirectory small = ShmDirectory.Mount(16 << 20);
        using SegmentFixture fixture = new(small);
        OwnedSegment segment = fixture.CreateOwned(8 << 20);
        FillUp(small);

        BlobLocation blob = Blob(0, 1, 0, 4096);
        Assert.Equal(MmcStatus.NotEnoughMemory, segment.View.BeginWrite(blob));
        Assert.Equal(OrphanState.Pending, segment.View.ResolveOrphan(0, 1, writerIsDead: true));
        Assert.False(segment.View.TryReadWord(0, out _));

        File.Delete(small.PathOf("filler"));
        Assert.Equal(MmcStatus.Ok, segment.View.BeginWrite(blob));
    }

    [Fact]
    public void Slots_far_apart_cost_only_their_own_pages()
    {
        OwnedSegment segment = _fixture.CreateOwned(256 << 20);
        long before = Allocated(segment);
        Assert.Equal(MmcStatus.Ok, segment.View.BeginWrite(Blob(0, 1, 0, 4096)));
        Assert.Equal(MmcStatus.Ok, segment.View.BeginWrite(Blob(60_000, 2, 4096, 4096)));
        Assert.Equal(MmcStatus.Ok, segment.View.BeginWrite(Blob(65_535, 3, 8192, 4096)));
        Assert.InRange(Allocated(segment) - before, 3 * 4096, 3 * 40_960);
        Assert.Equal(65_536u, segment.View.SlotsInUse);
    }

    [Fact]
    public void A_slot_that_another_process_damaged_is_not_believed()
    {
        BlobLocation blob = Write(0, 1, 4096, 8192);
        (int Offset, long Value)[] damages =
        [
            (8, -4096), (8, 1), (8, DataBytes), (8, long.MaxValue), // offset
            (16, 0), (16, -1), (16, DataBytes), (16, long.MaxValue), // size
            (24, 0), (24, 2), (24, -1), // generation
            (32, 0), (32, 257L << 32), (32, 0xFFFFL << 32), // key length
            (0, 0), (0, 0x1F), (0, -1), (0, 0x11), // word
        ];
        Span<byte> slot = _fixture.MapRaw(_view).Slice(2 << 20, DirectorySlot.SizeOf);
        byte[] good = slot.ToArray();
        foreach ((int offset, long value) in damages)
        {
            BinaryPrimitives.WriteInt64LittleEndian(slot[offset..], value);
            Assert.False(_view.TryReadSlot(0, out _), $"{value} at {offset}");
            Assert.False(_view.TryReadChecksum(blob, out _));
            good.CopyTo(slot);
            Assert.True(_view.TryReadSlot(0, out _));
        }
    }

    [Fact]
    public void A_count_of_slots_that_another_process_damaged_is_cut()
    {
        _fixture.MapRaw(_view).Word(128) = ulong.MaxValue;
        Assert.Equal(_view.SlotCount, _view.SlotsInUse);
        Assert.False(_view.TryReadSlot(_view.SlotCount, out _));
        Assert.False(_view.TryReadSlot(uint.MaxValue, out _));
    }

    [Fact]
    public void Writing_and_verifying_allocate_nothing()
    {
        BlobLocation blob = Blob(0, 1, 0, 16 * 4096);
        Assert.Equal(0, SteadyState.AllocatedBytes(10_000, _ =>
        {
            blob = blob with { Generation = blob.Generation + 1 };
            _view.BeginWrite(blob);
            _view.EndWrite(blob, "key"u8, 1);
            if (!_view.IsCurrent(blob) || !_view.TryReadChecksum(blob, out uint _))
            {
                Assert.Fail("not current");
            }
        }));
    }

    private static BlobLocation Blob(uint slot, ulong generation, long offset, long sizeBytes) =>
        new(default, slot, generation, offset, sizeBytes);

    private static void FillUp(ShmDirectory directory)
    {
        using FileStream filler = new(directory.PathOf("filler"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(page);
            }
        }
        catch (IOException)
        {
            // full
        }
    }

    private long Allocated(OwnedSegment segment)
    {
        PosixFile.OpenExisting(_fixture.Directory.PathOf(segment.View.FileName), false, out PosixFile? file);
        using (file)
        {
            file!.ReadStatus(out FileStatus status);
            return status.AllocatedBytes;
        }
    }

    private BlobLocation Write(uint slot, ulong generation, long offset, long sizeBytes, byte[]? key = null)
    {
        BlobLocation blob = Blob(slot, generation, offset, sizeBytes);
        Assert.Equal(MmcStatus.Ok, _view.BeginWrite(blob));
        Assert.Equal(MmcStatus.Ok, _view.EndWrite(blob, key ?? "key"u8, null));
        return blob;
    }

    private SlotWord Word(uint slot)
    {
        Assert.True(_view.TryReadWord(slot, out SlotWord word));
        return word;
    }

    private Span<byte> Data(in BlobLocation blob) => _view.DataSpan(blob.Offset, (int)blob.SizeBytes);
}
