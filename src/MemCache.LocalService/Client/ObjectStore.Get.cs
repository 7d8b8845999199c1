using MemCache.Core;
using MemCache.Interop;
using MemCache.Protocol;

namespace MemCache.LocalService;

/// <content>Get: look up, copy, verify; one request for the whole batch, and none to end it.</content>
public sealed partial class ObjectStore
{
    /// <summary>Reads an object into <paramref name="destination"/>.</summary>
    /// <param name="key">1 .. 256 bytes of UTF-8.</param>
    /// <param name="destination">At least as long as the object; what is behind it stays as it was.</param>
    /// <param name="sizeBytes">The object's size, also when the destination is too short; 0 if it is not there.</param>
    /// <returns>
    /// <see cref="MmcStatus.Ok"/>: the bytes are those that were put. <see cref="MmcStatus.ObjectNotFound"/>;
    /// <see cref="MmcStatus.SizeMismatch"/>: too short, nothing was copied. <see cref="MmcStatus.BlobChanged"/> or
    /// <see cref="MmcStatus.ChecksumMismatch"/>: a miss, the destination holds garbage. Others: not known.
    /// </returns>
    public MmcStatus Get(ReadOnlySpan<byte> key, Span<byte> destination, out long sizeBytes)
    {
        sizeBytes = 0;
        var call = NewCall(ClientCall.Get);
        while (call.Begin())
        {
            call.Context.SingleKey.Clear();
            call.Context.SingleKey.Add(key);
            call.Status = GetSingle(ref call, destination, out sizeBytes);
            call.End();
        }

        return call.Status;
    }

    /// <inheritdoc cref="Get(ReadOnlySpan{byte}, Span{byte}, out long)"/>
    public MmcStatus Get(string key, Span<byte> destination, out long sizeBytes)
    {
        sizeBytes = 0;
        var call = NewCall(ClientCall.Get);
        while (call.Begin())
        {
            call.Context.SingleKey.Clear();
            call.Context.SingleKey.Add(key);
            call.Status = GetSingle(ref call, destination, out sizeBytes);
            call.End();
        }

        return call.Status;
    }

    /// <summary>Reads an object whose size is not known.</summary>
    /// <returns>Its bytes, or <see langword="null"/> if it is not there or can't be read.</returns>
    public byte[]? Get(string key)
    {
        byte[]? value = null;
        var call = NewCall(ClientCall.Get);
        while (call.Begin())
        {
            call.Context.SingleKey.Clear();
            call.Context.SingleKey.Add(key);
            call.Status = GetSingle(ref call, [], out long sizeBytes);
            if (call.Status == MmcStatus.SizeMismatch && sizeBytes <= Array.MaxLength)
            {
                value = GC.AllocateUninitializedArray<byte>((int)sizeBytes);
                call.Status = GetSingle(ref call, value, out _);
            }

            call.End();
        }

        return call.Status == MmcStatus.Ok ? value : null;
    }

    /// <summary>Reads objects, each into one or more buffers that are filled one behind the other.</summary>
    /// <param name="keys">Shape [n], n of 0 .. <see cref="Limits.BatchCountMax"/>.</param>
    /// <param name="buffers">
    /// Shape [n] of 1 .. <see cref="Limits.LayerCountMax"/> layers that add up to the object's size.
    /// </param>
    /// <param name="results">
    /// Shape [n]; every entry is written. <see cref="MmcStatus.Ok"/>: its buffers hold what was put. Any other: they
    /// hold garbage or what they held before; <see cref="MmcStatus.SizeMismatch"/> if the buffers do not add up.
    /// </param>
    /// <returns><see cref="MmcStatus.Ok"/> if every entry is; else the first that is not.</returns>
    public MmcStatus GetBatch(KeyBatch keys, BufferBatch buffers, Span<MmcStatus> results)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(buffers);
        MmcStatus illegal = CheckCounts(keys.Count, results.Length);
        illegal = buffers.ObjectCount != keys.Count ? MmcStatus.InvalidParameter : illegal;
        if (illegal != MmcStatus.Ok || keys.Count == 0)
        {
            results.Fill(illegal);
            return illegal;
        }

        results = results[..keys.Count];
        var call = NewCall(ClientCall.BatchGet);
        while (call.Begin())
        {
            call.Status = GetAttempt(ref call, keys.Spans, new ReadTargets(buffers, [], exactSize: true), results);
            call.End();
        }

        return Finish(call.Status, results);
    }

    private MmcStatus GetSingle(ref CallScope call, Span<byte> destination, out long sizeBytes)
    {
        var state = new GetState(this, ref call, destination.Length);
        MmcStatus status = PinnedSpan.Use(destination, state, static (address, state) =>
        {
            BufferBatch buffers = state.Call.Context.SingleBuffers;
            buffers.Clear();
            buffers.AddObject(address, state.SizeBytes);
            var result = default(MmcStatus);
            MmcStatus status = state.Store.GetAttempt(
                ref state.Call, state.Call.Context.SingleKey.Spans, new ReadTargets(buffers, [], exactSize: false),
                new Span<MmcStatus>(ref result));
            return status == MmcStatus.Ok ? result : status;
        });
        bool known = status is MmcStatus.Ok or MmcStatus.SizeMismatch;
        sizeBytes = known ? call.Context.Objects[0].SizeBytes : 0;
        return status;
    }

    private readonly ref struct GetState(ObjectStore store, ref CallScope call, long sizeBytes)
    {
        private readonly ref CallScope _call = ref call;

        public ObjectStore Store { get; } = store;

        public ref CallScope Call => ref _call;

        public long SizeBytes { get; } = sizeBytes;
    }
}
