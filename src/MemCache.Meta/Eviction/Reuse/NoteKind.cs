namespace MemCache.Meta;

/// <summary>What a note in a <see cref="ReuseFeed"/> says of its keys.</summary>
internal enum NoteKind
{
    /// <summary>They were asked for, in this order: is it there?</summary>
    Asked,

    /// <summary>They were asked for, in this order, to be read; perhaps after they were <see cref="Asked"/> for.</summary>
    Read,

    /// <summary>They are about to be put, in this order.</summary>
    Put,

    /// <summary>The object of the one key is there from now on.</summary>
    Placed,

    /// <summary>The object of the one key is gone.</summary>
    Gone,
}
