using MemCache.Core;

namespace MemCache.Protocol;

/// <summary>
/// Reply of <see cref="Opcode.Lookup"/>, <see cref="Opcode.Reserve"/>, <see cref="Opcode.Allocate"/> and
/// <see cref="Opcode.AddLease"/>: {u32 count, u32 replicaCount, ObjectLocation[count], ReplicaLocation[replicaCount]}.
/// </summary>
public readonly ref struct LocationsReply
{
    private const int HeadBytes = 8;
    private const int ObjectBytes = 32;
    private const int ReplicaBytes = 24;

    /// <summary>Shape [keys]: one entry per key of the request.</summary>
    public ReadOnlySpan<ObjectLocation> Objects { get; private init; }

    /// <summary>Replicas of all objects; every readable object's range lies inside.</summary>
    public ReadOnlySpan<ReplicaLocation> Replicas { get; private init; }

    /// <summary>Room that <see cref="Begin"/> needs for <paramref name="count"/> keys with as many replicas as there can be.</summary>
    public static int SizeBytesMax(int count) => HeadBytes + (count * (ObjectBytes + (ReplicaBytes * Limits.ReplicaCountMax)));

    /// <summary>Lays the payload out for the caller to fill in place; then <see cref="End"/>.</summary>
    /// <returns>Whether <paramref name="room"/> has at least <see cref="SizeBytesMax"/>.</returns>
    public static bool Begin(
        Span<byte> room, int count, out Span<ObjectLocation> objects, out Span<ReplicaLocation> replicas)
    {
        var writer = new PayloadWriter(room);
        writer.Write((uint)count);
        writer.Write(0u);
        objects = writer.Take<ObjectLocation>(count);
        replicas = writer.Take<ReplicaLocation>(count * Limits.ReplicaCountMax);
        return !writer.HasFailed;
    }

    /// <summary>Notes how many replicas were filled.</summary>
    /// <returns>The payload's length in bytes.</returns>
    public static int End(Span<byte> room, int count, int replicaCount)
    {
        var writer = new PayloadWriter(room);
        writer.Write((uint)count);
        writer.Write((uint)replicaCount);
        return HeadBytes + (count * ObjectBytes) + (replicaCount * ReplicaBytes);
    }

    /// <summary>Reads the payload as a view. A reply for another number of keys, or with a range outside the list, is refused.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, int expectedCount, out LocationsReply reply)
    {
        var reader = new PayloadReader(payload);
        uint count = reader.ReadUInt32();
        uint replicaCount = reader.ReadUInt32();
        ReadOnlySpan<ObjectLocation> objects = reader.ReadSpan<ObjectLocation>(count, Limits.BatchCountMax);
        ReadOnlySpan<ReplicaLocation> replicas = reader.ReadSpan<ReplicaLocation>(
            replicaCount, Limits.BatchCountMax * Limits.ReplicaCountMax);
        reply = new() { Objects = objects, Replicas = replicas };
        return reader.IsAtEnd && objects.Length == expectedCount && RangesLieInside(objects, replicas.Length);
    }

    /// <summary>Replicas of object <paramref name="index"/>; none unless its status is <see cref="MmcStatus.Ok"/>.</summary>
    public ReadOnlySpan<ReplicaLocation> ReplicasOf(int index)
    {
        ref readonly ObjectLocation location = ref Objects[index];
        return location.Status == MmcStatus.Ok
            ? Replicas.Slice((int)location.FirstReplicaIndex, location.ReplicaCount)
            : default;
    }

    private static bool RangesLieInside(ReadOnlySpan<ObjectLocation> objects, int replicaCount)
    {
        foreach (ref readonly ObjectLocation location in objects)
        {
            long end = (long)location.FirstReplicaIndex + location.ReplicaCount;
            bool legal = location.ReplicaCount is > 0 and <= Limits.ReplicaCountMax && end <= replicaCount;
            if (location.Status == MmcStatus.Ok && !legal)
            {
                return false;
            }
        }

        return true;
    }
}
