namespace MemCache.Meta;

/// <summary>What a <see cref="ReuseEntry"/> stands for.</summary>
internal enum ReuseState
{
    /// <summary>Nothing: the entry can be taken.</summary>
    Free,

    /// <summary>A key that was asked for and is not there; whoever asked may be about to put it.</summary>
    Announced,

    /// <summary>A key that is known and not there.</summary>
    Ghost,

    /// <summary>An object of the pool.</summary>
    Resident,
}
