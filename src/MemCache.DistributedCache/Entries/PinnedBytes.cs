using System.Buffers;
using System.Runtime.InteropServices;
using MemCache.Interop;

namespace MemCache.DistributedCache;

/// <summary>Memory that the collector does not move, for what the store copies to or from by address.</summary>
internal sealed class PinnedBytes
{
    private byte[] _bytes;

    public PinnedBytes(int sizeBytes) => _bytes = GC.AllocateUninitializedArray<byte>(sizeBytes, pinned: true);

    public Span<byte> Span => _bytes;

    /// <summary>First byte; good until <see cref="Require"/> is called.</summary>
    public nuint Address
    {
        get
        {
            // Pinned from birth: the handle only tells the address.
            using MemoryHandle handle = MemoryMarshal.CreateFromPinnedArray(_bytes, 0, _bytes.Length).Pin();
            return PinnedSpan.AddressOf(handle);
        }
    }

    /// <summary>Makes room for this many bytes; what was in it is lost if it has to grow.</summary>
    public void Require(int sizeBytes)
    {
        if (_bytes.Length < sizeBytes)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(sizeBytes, pinned: true);
        }
    }
}
