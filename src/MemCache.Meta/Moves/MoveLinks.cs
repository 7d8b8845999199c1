namespace MemCache.Meta;

/// <summary>
/// Moves under way in one shard: which reservation is to become a replica of which object, one at a time for each
/// object. Guarded by the shard's lock. Bounded by what movers may reserve; it may allocate.
/// </summary>
internal sealed class MoveLinks
{
    private readonly Dictionary<uint, MoveLink> _byReservation = [];
    private readonly Dictionary<uint, uint> _byObject = [];

    /// <summary>Moves under way.</summary>
    public int Count => _byObject.Count;

    /// <summary>All of them: for tests.</summary>
    public IEnumerable<KeyValuePair<uint, MoveLink>> All => _byReservation;

    /// <summary>Whether a move of this record's object is under way.</summary>
    public bool IsMoving(uint record) => _byObject.Count != 0 && _byObject.ContainsKey(record);

    /// <summary>A mover has reserved space for an object.</summary>
    public void Add(uint reservation, in MoveLink link)
    {
        _byReservation.Add(reservation, link);
        _byObject.Add(RecordRef.Record(link.Object), reservation);
    }

    /// <summary>What a reservation is for, if it is a mover's and its object is there.</summary>
    public bool TryGet(uint reservation, out MoveLink link) => _byReservation.TryGetValue(reservation, out link);

    /// <summary>The reservation is about to end, in whatever way.</summary>
    public void EndReservation(uint reservation)
    {
        if (_byReservation.Count != 0 && _byReservation.Remove(reservation, out MoveLink link))
        {
            _byObject.Remove(RecordRef.Record(link.Object));
        }
    }

    /// <summary>The object is about to go; its mover will find out when it has finished.</summary>
    public void EndObject(uint record)
    {
        if (_byObject.Count != 0 && _byObject.Remove(record, out uint reservation))
        {
            _byReservation.Remove(reservation);
        }
    }
}
