using MemCache.Core;

namespace MemCache.Meta;

/// <summary>Objects that a walk has met. Reusable: <see cref="Clear"/> keeps the memory. Not thread-safe.</summary>
public sealed class ObjectListing
{
    private readonly List<ListedObject> _objects = [];
    private readonly List<ListedLease> _leases = [];
    private byte[] _keys = new byte[16 << 10];
    private int _keyBytes;

    /// <summary>Objects, in no order.</summary>
    public IReadOnlyList<ListedObject> Objects => _objects;

    /// <summary>Leases by key of all of them.</summary>
    public IReadOnlyList<ListedLease> Leases => _leases;

    /// <summary>Records looked at since the begin: what the walk has cost.</summary>
    public long LookCount { get; internal set; }

    /// <summary>The key of an object, valid until the next change.</summary>
    public ReadOnlySpan<byte> KeyOf(in ListedObject listed) => _keys.AsSpan(listed.KeyOffset, listed.KeyBytes);

    /// <summary>Forgets the objects; keeps <see cref="LookCount"/>.</summary>
    public void Clear()
    {
        _objects.Clear();
        _leases.Clear();
        _keyBytes = 0;
    }

    internal void AddLease(ListedLease lease) => _leases.Add(lease);

    internal void Add(ReadOnlySpan<byte> key, ListedObject listed)
    {
        if (_keys.Length - _keyBytes < key.Length)
        {
            Array.Resize(ref _keys, Math.Max(2 * _keys.Length, _keyBytes + Limits.KeyBytesMax));
        }

        key.CopyTo(_keys.AsSpan(_keyBytes));
        _objects.Add(listed with { KeyOffset = _keyBytes, KeyBytes = key.Length });
        _keyBytes += key.Length;
    }
}
