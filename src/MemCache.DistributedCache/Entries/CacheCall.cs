using System.Buffers;
using MemCache.Core;
using MemCache.Interop;
using MemCache.LocalService;
using Microsoft.Extensions.Caching.Distributed;

namespace MemCache.DistributedCache;

/// <summary>
/// One operation with the memory that it needs. Pooled, so that a warm operation allocates nothing but what it returns.
/// </summary>
internal sealed class CacheCall
{
    /// <summary>
    /// Objects up to this size are read with one request, and copied once more; larger ones cost a request to learn the
    /// size.
    /// </summary>
    public const int SmallBytes = 16 * 1024;

    private readonly List<MemoryHandle> _pins = [];
    private byte[]? _joined;

    public CacheOperation Operation { get; set; }

    /// <summary>Who runs the call on a thread of the store.</summary>
    public EntryStore? Entries { get; set; }

    /// <summary>Whether the store was asked anything.</summary>
    public bool HasBegun { get; set; }

    public string Key { get; set; } = "";

    /// <summary>Whether <see cref="Keys"/> are made of the key's hash; the entry carries the key then.</summary>
    public bool IsHashed { get; set; }

    /// <summary>The pool's keys of the entry, as <see cref="PoolKeys"/> orders them.</summary>
    public KeyBatch Keys { get; } = new();

    /// <summary>A part of <see cref="Keys"/>, or none.</summary>
    public KeyBatch SomeKeys { get; } = new();

    public BufferBatch Buffers { get; } = new();

    public MmcStatus[] Results { get; } = new MmcStatus[PoolKeys.Count];

    public PinnedBytes Small { get; } = new(SmallBytes);

    public PinnedBytes Trailer { get; } = new(EntryTrailer.FixedBytes);

    public PinnedBytes Notes { get; } = new(2 * UseNote.SizeBytes);

    /// <summary>What a set stores.</summary>
    public ReadOnlySequence<byte> Input { get; set; }

    public DistributedCacheEntryOptions? Expiry { get; set; }

    /// <summary>Where a get writes to; without it, it makes <see cref="Value"/>.</summary>
    public IBufferWriter<byte>? Writer { get; set; }

    /// <summary>What a get found.</summary>
    public byte[]? Value { get; set; }

    /// <summary>The key as the entry carries it: nothing, if the pool's key says it already.</summary>
    public ReadOnlySpan<byte> CarriedKey => IsHashed ? PoolKeys.KeyBytes(Key) : default;

    public int TrailerBytes => EntryTrailer.FixedBytes + CarriedKey.Length;

    public ReadOnlySpan<byte> PoolKey(int index) =>
        Keys.Spans.TryGet(index, out ReadOnlySpan<byte> key)
            ? key
            : throw new InvalidOperationException("a key of the pool is illegal");

    /// <summary>Adds memory as a layer and keeps it where it is until <see cref="Unpin"/>.</summary>
    public void AddPinned(ReadOnlyMemory<byte> memory)
    {
        MemoryHandle pin = memory.Pin();
        _pins.Add(pin);
        Buffers.Add(PinnedSpan.AddressOf(pin), memory.Length);
    }

    /// <summary>Joins what does not fit into the layers of one object.</summary>
    public ReadOnlyMemory<byte> Join(in ReadOnlySequence<byte> rest)
    {
        int length = checked((int)rest.Length);
        _joined = ArrayPool<byte>.Shared.Rent(length);
        rest.CopyTo(_joined);
        return _joined.AsMemory(0, length);
    }

    public void Unpin()
    {
        foreach (MemoryHandle pin in _pins)
        {
            pin.Dispose();
        }

        _pins.Clear();
        if (_joined is not null)
        {
            ArrayPool<byte>.Shared.Return(_joined);
            _joined = null;
        }
    }

    /// <summary>Forgets what belongs to the caller.</summary>
    public void Clear()
    {
        Key = "";
        Entries = null;
        HasBegun = false;
        Input = default;
        Expiry = null;
        Writer = null;
        Value = null;
        Keys.Clear();
    }
}
