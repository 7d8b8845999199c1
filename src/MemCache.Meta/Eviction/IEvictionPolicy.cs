namespace MemCache.Meta;

/// <summary>
/// Order in which the readable objects of one shard and medium leave. A struct that is a type argument, so that calls are direct. The
/// caller holds the shard's lock. Records carry the links, the access number and a mark for the policy.
/// </summary>
internal interface IEvictionPolicy
{
    /// <summary>
    /// Brings the order up to date with the uses that <see cref="Touch"/> has only noted. Has to come before whatever asks
    /// for the order or for the parked objects: <see cref="First"/>, <see cref="After"/>, <see cref="FirstParked"/>,
    /// <see cref="ParkedCount"/>. Changes bring it about by themselves.
    /// </summary>
    void Settle(Slab slab);

    /// <summary>Objects in the order, parked ones included.</summary>
    int Count { get; }

    /// <summary>Objects that are set aside because a reader held them when their turn came.</summary>
    int ParkedCount { get; }

    /// <summary>The object that leaves next; 0: none.</summary>
    uint First { get; }

    /// <summary>The set-aside object that leaves next; 0: none.</summary>
    uint FirstParked { get; }

    /// <summary>Adds an object that has just become readable.</summary>
    void Insert(Slab slab, uint record, ulong sequence);

    /// <summary>The object, whose header this is, was used. May be noted only, for <see cref="Settle"/>.</summary>
    void Touch(Slab slab, uint record, ref RecordHeader header, ulong sequence);

    /// <summary>Takes an object out.</summary>
    void Remove(Slab slab, uint record);

    /// <summary>The object that leaves after <paramref name="record"/>, in the same list; 0: none.</summary>
    uint After(Slab slab, uint record);

    /// <summary>Sets an object aside: a reader holds it.</summary>
    void Park(Slab slab, uint record);

    /// <summary>Puts an object that was set aside back into its place. Nothing happens if it was not.</summary>
    void Unpark(Slab slab, uint record);

    /// <summary>Moves the first set-aside object behind the others, so that each is looked at in turn.</summary>
    void RotateParked(Slab slab);
}
