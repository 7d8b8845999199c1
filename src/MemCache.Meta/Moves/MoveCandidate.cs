using MemCache.Core;

namespace MemCache.Meta;

/// <summary>A replica that is wanted elsewhere: in a segment that is drained, or gone with its rank.</summary>
/// <param name="Object">The object.</param>
/// <param name="ReplicaIndex">Which of its replicas.</param>
/// <param name="IsRepair">Whether there is no such replica any more.</param>
/// <param name="RefusalCount">Destinations that could not take it.</param>
internal readonly record struct MoveCandidate(ObjectRef Object, byte ReplicaIndex, bool IsRepair, byte RefusalCount);
