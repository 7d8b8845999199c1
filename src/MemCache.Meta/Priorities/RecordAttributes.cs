using MemCache.Core;

namespace MemCache.Meta;

/// <summary>What a record is given besides its place: charged already.</summary>
/// <param name="Pin">How firmly the object stays.</param>
/// <param name="End">The unit of <see cref="ExpiryTable"/> in which it ends; 0: never.</param>
/// <param name="Tenant">Number of the tenant whose quota it is charged to; 0: none.</param>
internal readonly record struct RecordAttributes(ObjectPin Pin, uint End, int Tenant)
{
    /// <summary>Whether it counts against a quota.</summary>
    public bool IsCharged => Pin != ObjectPin.None || Tenant != 0;
}
