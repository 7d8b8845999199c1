namespace MemCache.Protocol;

/// <summary>What a <see cref="LeaveRequest"/> asks for. Append only.</summary>
public enum LeaveMode
{
    /// <summary>Leave now.</summary>
    Now = 0,

    /// <summary>Move what the client's segment holds to other ranks, so that it can leave then.</summary>
    BeginMove = 1,

    /// <summary>How far is that?</summary>
    AskMove = 2,
}
