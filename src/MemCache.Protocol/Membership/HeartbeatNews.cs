namespace MemCache.Protocol;

/// <summary>What a heartbeat's reply tells the owner of a segment besides its orphans.</summary>
/// <param name="Generation">
/// The highest generation given so far in the pool: what the owner tells the next MetaService it joins.
/// </param>
/// <param name="RetiredBelow">Blobs with a generation up to this one are no objects any more.</param>
/// <param name="RetirementsLeft">Retirements that wait for the next heartbeat.</param>
/// <param name="MovesWaiting">
/// Replicas that want to be made in some segment: ask with <see cref="Opcode.TakeMoves"/>.
/// </param>
public readonly record struct HeartbeatNews(
    ulong Generation, ulong RetiredBelow, uint RetirementsLeft, uint MovesWaiting);
