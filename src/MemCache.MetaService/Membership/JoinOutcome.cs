namespace MemCache.MetaService;

/// <summary>What a client is told when it has joined.</summary>
internal readonly record struct JoinOutcome(Session Session, ulong RegistryVersion, ulong GenerationFloor);
