using MemCache.Core;
using MemCache.Interop;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests;

/// <summary>A warm batch allocates nothing on the caller's thread.</summary>
public sealed class TcpSteadyStateTests
{
    [Fact]
    public void Warm_batches_allocate_nothing()
    {
        using var f = new TcpFixture();
        BlobLocation small = f.Store(1, 1, 0, 4096, seed: 1);
        BlobLocation large = f.Store(2, 2, 10, 5 << 20, seed: 2);
        NativeBuffer memory = f.Memory(5 << 20);
        MemoryBuffer[] smallLayers = TcpFixture.Cut(memory, 0, 4096, 1);
        MemoryBuffer[] largeLayers = TcpFixture.Layers(memory, 122);
        ulong generation = 10;
        void Call(int _)
        {
            generation++;
            f.Batch.AddRead(f.Remote, small.Offset, 1, smallLayers, checksumSlot: 1);
            f.Batch.AddRead(f.Remote, large.Offset, 2, largeLayers);
            f.Batch.AddRead(f.Remote, new GlobalAddress(f.View.Uuid, small), smallLayers);
            f.Batch.AddPut(f.Remote, TcpFixture.Blob(3, generation, 2000, 4096), TcpFixture.Identity(1), smallLayers);
            f.Batch.Start(TcpFixture.InTime);
            f.Batch.Finish();
            for (int i = 0; i < 4; i++)
            {
                if (f.Batch.StatusAt(i) != MmcStatus.Ok)
                {
                    throw new InvalidOperationException($"{i}: {f.Batch.StatusAt(i)}");
                }
            }

            f.Batch.Clear();
        }

        _ = SteadyState.AllocatedBytes(100, Call);
        Assert.Equal(0, SteadyState.AllocatedBytes(50, Call));
    }
}
