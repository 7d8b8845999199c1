using System.Runtime.InteropServices;

namespace MemCache.Meta;

/// <summary>
/// Doubly linked list of the readable records of one tenant and pin in one shard, in the order in which they are looked
/// at when one of them has to go. The links lie behind the key, in records of tenants only.
/// </summary>
internal struct TenantList
{
    private uint _head;
    private uint _tail;

    /// <summary>Number of records.</summary>
    public int Count;

    /// <summary>The first record; 0: there is none.</summary>
    public readonly uint First => _head;

    /// <summary>The record behind <paramref name="record"/>; 0: there is none.</summary>
    public static uint After(Slab slab, uint record) => Links(slab, record)[1];

    /// <summary>Adds a record behind the last.</summary>
    public void Add(Slab slab, uint record)
    {
        Span<uint> links = Links(slab, record);
        (links[0], links[1]) = (_tail, 0);
        (_tail == 0 ? ref _head : ref Links(slab, _tail)[1]) = record;
        _tail = record;
        Count++;
    }

    /// <summary>Takes a record out, which is in this list.</summary>
    public void Remove(Slab slab, uint record)
    {
        Span<uint> links = Links(slab, record);
        (links[0] == 0 ? ref _head : ref Links(slab, links[0])[1]) = links[1];
        (links[1] == 0 ? ref _tail : ref Links(slab, links[1])[0]) = links[0];
        Count--;
    }

    private static Span<uint> Links(Slab slab, uint record)
    {
        ref RecordHeader header = ref slab.Ref<RecordHeader>(record);
        int offset = (header.KeyOffset + header.KeyBytes + Slab.GranuleBytes - 1) & -Slab.GranuleBytes;
        return MemoryMarshal.Cast<byte, uint>(slab.Bytes(record, offset + Slab.GranuleBytes)[offset..]);
    }
}
