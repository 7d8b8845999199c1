using MemCache.Core;

namespace MemCache.Meta;

/// <summary>Layout of an <see cref="ObjectRef"/>: record (32 bits), shard (8), serial (24), from the lowest bit up.</summary>
internal static class RecordRef
{
    /// <summary>Names a record.</summary>
    public static ObjectRef Make(int shard, uint record, uint serial) =>
        new((ulong)serial << 40 | (ulong)(uint)shard << 32 | record);

    /// <summary>The shard it is in.</summary>
    public static int Shard(ObjectRef reference) => (byte)(reference.Value >> 32);

    /// <summary>Its cell.</summary>
    public static uint Record(ObjectRef reference) => (uint)reference.Value;

    /// <summary>Which use of the cell is meant.</summary>
    public static uint Serial(ObjectRef reference) => (uint)(reference.Value >> 40);
}
