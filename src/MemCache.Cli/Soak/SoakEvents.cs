namespace MemCache.Cli;

/// <summary>What became of ranks, hosts and the MetaService: numbers of each kind of event.</summary>
internal readonly record struct SoakEvents
{
    /// <summary>Ranks that joined.</summary>
    public int Joins { get; init; }

    /// <summary>Ranks that left in order.</summary>
    public int Leaves { get; init; }

    /// <summary>Ranks that were killed.</summary>
    public int Kills { get; init; }

    /// <summary>Ranks that were stopped for longer than the MetaService bears silence, and went on.</summary>
    public int Stops { get; init; }

    /// <summary>Joins in the place of one that had left or been killed.</summary>
    public int Restarts { get; init; }

    /// <summary>Hosts that were cut off and came back.</summary>
    public int Cuts { get; init; }

    /// <summary>MetaServices that were killed and started again.</summary>
    public int MetaRestarts { get; init; }

    /// <summary>Ranks that have joined and neither left nor been killed.</summary>
    public int Present => Joins - Leaves - Kills;

    /// <summary>The sum, field by field.</summary>
    public static SoakEvents operator +(SoakEvents a, SoakEvents b) => new()
    {
        Joins = a.Joins + b.Joins,
        Leaves = a.Leaves + b.Leaves,
        Kills = a.Kills + b.Kills,
        Stops = a.Stops + b.Stops,
        Restarts = a.Restarts + b.Restarts,
        Cuts = a.Cuts + b.Cuts,
        MetaRestarts = a.MetaRestarts + b.MetaRestarts,
    };
}
