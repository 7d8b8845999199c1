namespace MemCache.MetaService;

/// <summary>What a drain job is doing.</summary>
internal enum DrainState
{
    /// <summary>It begins with the next step.</summary>
    Pending,

    /// <summary>Objects are leaving.</summary>
    Running,

    /// <summary>Its segments are empty, and stay so until they leave or the job is cancelled.</summary>
    Done,

    /// <summary>It can't go on; its segments are usual ones again.</summary>
    Failed,

    /// <summary>Somebody ended it; its segments are usual ones again.</summary>
    Cancelled,
}
