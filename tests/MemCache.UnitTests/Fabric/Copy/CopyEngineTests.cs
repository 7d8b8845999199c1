using System.Runtime.InteropServices;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Interop;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests;

public sealed class CopyEngineTests : IDisposable
{
    private const int BufferBytes = 24 << 20;
    private const byte Guard = 0x5A;

    private readonly NativeBuffer _source = NativeBuffer.Allocate(BufferBytes);
    private readonly NativeBuffer _destination = NativeBuffer.Allocate(BufferBytes);

    public CopyEngineTests()
    {
        SplitMix64 random = new(5);
        foreach (ref ulong value in MemoryMarshal.Cast<byte, ulong>(_source.Slice(0, BufferBytes)))
        {
            value = random.Next();
        }
    }

    public static TheoryData<int, CopyKernel?> Engines => new()
    {
        { 1, null },
        { 2, null },
        { 2, CopyKernel.Temporal },
        { 2, CopyKernel.NonTemporal },
    };

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Random_batches_arrive_whole_and_nothing_else_changes(int threads, CopyKernel? kernel)
    {
        using CopyEngine engine = new(new CopyEngineOptions { ThreadCount = threads, Kernel = kernel, ParallelBytesMin = 1 << 18 });
        SplitMix64 random = new(9);
        for (int round = 0; round < 12; round++)
        {
            _destination.Slice(0, BufferBytes).Fill(Guard);
            CopyPiece[] pieces = RandomPieces(random, round);
            Assert.Equal(MmcStatus.Ok, engine.Copy(pieces, (CopyDirection)(round & 1)));
            Verify(pieces, round);
        }
    }

    [Fact]
    public void An_empty_batch_and_pieces_of_no_bytes_are_fine()
    {
        using CopyEngine engine = new();
        Assert.Equal(MmcStatus.Ok, engine.Copy([]));
        Assert.Equal(MmcStatus.Ok, engine.Copy([default, new(0, 0, 0)]));
        CopyPiece[] pieces = [default, new(_source.Address, _destination.Address, 10), default];
        Assert.Equal(MmcStatus.Ok, engine.Copy(pieces));
        Assert.True(_source.Slice(0, 10).SequenceEqual(_destination.Slice(0, 10)));
    }

    [Fact]
    public void A_bad_piece_is_refused_before_anything_is_copied()
    {
        using CopyEngine engine = new();
        CopyPiece good = new(_source.Address, _destination.Address, 4096);
        CopyPiece[] bad =
        [
            new(0, _destination.Address, 1),
            new(_source.Address, 0, 1),
            new(_source.Address, _destination.Address, -1),
            new(_source.Address, _destination.Address, long.MaxValue),
        ];
        foreach (CopyPiece piece in bad)
        {
            Assert.Equal(MmcStatus.InvalidParameter, engine.Copy([good, piece]));
            Assert.False(_destination.Slice(0, 4096).ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void A_disposed_engine_says_so()
    {
        CopyEngine engine = new(new CopyEngineOptions { ThreadCount = 2 });
        Assert.Equal(MmcStatus.Ok, engine.Copy([new(_source.Address, _destination.Address, BufferBytes)]));
        engine.Dispose();
        engine.Dispose();
        Assert.Equal(MmcStatus.NotInitialised, engine.Copy([new(_source.Address, _destination.Address, 1)]));
    }

    [Fact]
    public void No_more_threads_than_cores_are_used()
    {
        using CopyEngine engine = new(new CopyEngineOptions { ThreadCount = 10_000 });
        Assert.Equal(Environment.ProcessorCount, engine.ThreadCount);
    }

    [Fact]
    public void Threads_come_with_the_first_large_batch_and_go_with_the_engine()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one core, no workers");
        CopyEngine engine = new(new CopyEngineOptions { ThreadCount = 2, ParallelBytesMin = 1 << 20 });
        engine.Copy([new(_source.Address, _destination.Address, (1 << 20) - 1)]);
        Assert.Equal(0, engine.WorkerCount);
        engine.Copy([new(_source.Address, _destination.Address, BufferBytes)]);
        Assert.Equal(1, engine.WorkerCount);
        engine.Dispose();
        Assert.Equal(0, engine.WorkerCount);
    }

    [Fact]
    public async Task Several_callers_share_the_workers()
    {
        const int CallerCount = 4;
        const int ShareBytes = BufferBytes / CallerCount;
        using CopyEngine engine = new(new CopyEngineOptions { ThreadCount = 2, ParallelBytesMin = 1 << 20 });
        await Task.WhenAll(Enumerable.Range(0, CallerCount).Select(caller => Task.Run(() =>
        {
            CopyPiece[] pieces = new CopyPiece[ShareBytes / 65_536];
            int begin = caller * ShareBytes;
            for (int round = 0; round < 40; round++)
            {
                _destination.Slice(begin, ShareBytes).Fill((byte)round);
                for (int i = 0; i < pieces.Length; i++)
                {
                    // Backwards, so that the order of pieces matters.
                    int at = begin + ((pieces.Length - 1 - i) * 65_536);
                    pieces[i] = new CopyPiece(_source.Address + (nuint)at, _destination.Address + (nuint)at, 65_536);
                }

                Assert.Equal(MmcStatus.Ok, engine.Copy(pieces));
                Assert.True(_source.Slice(begin, ShareBytes).SequenceEqual(_destination.Slice(begin, ShareBytes)));
            }
        })));
    }

    [Fact]
    public async Task Disposing_while_others_copy_ends_them_with_whole_copies()
    {
        for (int round = 0; round < 20; round++)
        {
            CopyEngine engine = new(new CopyEngineOptions { ThreadCount = 2, ParallelBytesMin = 1 << 18 });
            Task caller = Task.Run(() =>
            {
                _destination.Slice(0, BufferBytes).Clear();
                while (engine.Copy([new(_source.Address, _destination.Address, 4 << 20)]) == MmcStatus.Ok)
                {
                    Assert.True(_source.Slice(0, 4 << 20).SequenceEqual(_destination.Slice(0, 4 << 20)));
                    _destination.Slice(0, 4 << 20).Clear();
                }
            });
            engine.Dispose();
            await caller.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public void The_hook_sees_every_piece_after_it_was_copied()
    {
        using CopyEngine engine = new();
        CopyPiece[] pieces = [.. Enumerable.Range(0, 5).Select(i =>
            new CopyPiece(_source.Address + (nuint)(i * 1000), _destination.Address + (nuint)(i * 1000), 1000))];
        List<int> seen = [];
        engine.PieceCopied = index =>
        {
            int end = (index + 1) * 1000;
            Assert.True(_source.Slice(0, end).SequenceEqual(_destination.Slice(0, end)));
            Assert.False(_destination.Slice(end, 5000 - end).ContainsAnyExcept((byte)0));
            seen.Add(index);
        };
        Assert.Equal(MmcStatus.Ok, engine.Copy(pieces));
        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(8 << 20)]
    public void A_warm_copy_allocates_nothing(int sizeBytes)
    {
        using CopyEngine engine = new(new CopyEngineOptions { ThreadCount = 2 });
        CopyPiece[] pieces = [new(_source.Address, _destination.Address, sizeBytes)];
        int rounds = sizeBytes > 1 << 20 ? 100 : 10_000;
        Assert.Equal(0, SteadyState.AllocatedBytes(rounds, _ => engine.Copy(pieces, CopyDirection.Get)));
    }

    private CopyPiece[] RandomPieces(SplitMix64 random, int round)
    {
        List<CopyPiece> pieces = [];
        int sizeMax = round % 3 == 0 ? 500 : round % 3 == 1 ? 200_000 : 5_000_000;
        long end = 0;
        while (pieces.Count < 2000)
        {
            long begin = end + random.Below(200);
            long sizeBytes = random.Below(sizeMax);
            end = begin + sizeBytes;
            if (end > BufferBytes)
            {
                break;
            }

            long from = random.Below(BufferBytes - sizeBytes);
            pieces.Add(new CopyPiece(_source.Address + (nuint)from, _destination.Address + (nuint)begin, sizeBytes));
        }

        return [.. pieces];
    }

    private void Verify(CopyPiece[] pieces, int round)
    {
        long end = 0;
        foreach (CopyPiece piece in pieces)
        {
            long from = (long)(piece.Source - _source.Address);
            long to = (long)(piece.Destination - _destination.Address);
            Assert.False(_destination.Slice(end, (int)(to - end)).ContainsAnyExcept(Guard), $"round {round}: before {piece}");
            Assert.True(
                _source.Slice(from, (int)piece.SizeBytes).SequenceEqual(_destination.Slice(to, (int)piece.SizeBytes)),
                $"round {round}: {piece}");
            end = to + piece.SizeBytes;
        }

        Assert.False(_destination.Slice(end, (int)(BufferBytes - end)).ContainsAnyExcept(Guard), $"round {round}: behind the last");
    }
}
