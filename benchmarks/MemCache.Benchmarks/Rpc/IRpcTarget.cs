namespace MemCache.Benchmarks;

/// <summary>One connection on which a round trip can be made.</summary>
internal interface IRpcTarget : IDisposable
{
    /// <summary>One round trip.</summary>
    void Call();
}
