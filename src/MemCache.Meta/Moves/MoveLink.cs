using MemCache.Core;

namespace MemCache.Meta;

/// <summary>What the reservation of a mover is for.</summary>
/// <param name="Object">The object.</param>
/// <param name="PutGeneration">Its put: the number of a record alone comes back after 16 million others.</param>
/// <param name="ReplicaIndex">Which of its replicas the reservation is to become.</param>
internal readonly record struct MoveLink(ObjectRef Object, ulong PutGeneration, byte ReplicaIndex);
