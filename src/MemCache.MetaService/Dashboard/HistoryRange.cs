namespace MemCache.MetaService;

/// <summary>How far back a history goes.</summary>
internal enum HistoryRange
{
    /// <summary>Five minutes, in seconds.</summary>
    Minutes,

    /// <summary>One hour, in steps of ten seconds.</summary>
    Hour,

    /// <summary>One day, in minutes.</summary>
    Day,
}
