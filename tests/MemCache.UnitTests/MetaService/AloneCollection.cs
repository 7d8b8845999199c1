using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>Tests that no other test may run beside.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public class AloneCollection;
