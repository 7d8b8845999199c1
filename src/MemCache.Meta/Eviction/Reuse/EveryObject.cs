namespace MemCache.Meta;

/// <summary>Lets every object leave.</summary>
internal readonly struct EveryObject : IEvictionGuard
{
    /// <inheritdoc/>
    public bool CanLeave(ulong hash) => true;
}
