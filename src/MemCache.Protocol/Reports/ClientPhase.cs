namespace MemCache.Protocol;

/// <summary>Phases of gets and puts that a client traces. Append only: the numbers travel.</summary>
public enum ClientPhase
{
    /// <summary>The lookup of a get, with its round trip.</summary>
    GetLookup = 0,

    /// <summary>The copies of a get and their verification.</summary>
    GetCopy = 1,

    /// <summary>The reserve of a put, with its round trip.</summary>
    PutReserve = 2,

    /// <summary>The copies of a put, slots included.</summary>
    PutCopy = 3,

    /// <summary>The commit of a put, with its round trip.</summary>
    PutCommit = 4,
}
