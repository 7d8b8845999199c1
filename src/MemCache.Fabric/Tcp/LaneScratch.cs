using MemCache.Core;
using MemCache.Interop;

namespace MemCache.Fabric;

/// <summary>What a lane needs only while it works; rented from the transport. Not thread-safe.</summary>
internal sealed class LaneScratch : IDisposable
{
    /// <summary>Bytes of each buffer.</summary>
    public const int SizeBytes = 64 << 10;

    /// <summary>Buffers of one call of the kernel.</summary>
    public const int VectorCount = 1024;

    /// <summary>Headers and keys that go out.</summary>
    public NativeBuffer Output { get; } = NativeBuffer.Allocate(SizeBytes);

    /// <summary>Headers, trailers and small payloads that come in.</summary>
    public NativeBuffer Input { get; } = NativeBuffer.Allocate(SizeBytes);

    /// <summary>What is being sent.</summary>
    public MemoryBuffer[] OutputVector { get; } = new MemoryBuffer[VectorCount];

    /// <summary>What is being received into.</summary>
    public MemoryBuffer[] InputVector { get; } = new MemoryBuffer[VectorCount];

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        Input.Dispose();
    }
}
