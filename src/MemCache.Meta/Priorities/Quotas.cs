using System.Text;
using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Bounds on what may be kept: the bytes of each tenant, and those with a hard pin in each medium. Thread-safe. Only
/// what has a tenant or a pin is counted.
/// </summary>
internal sealed class Quotas
{
    private readonly Tenant[] _tenants; // by number; 0 is unused
    private readonly Tenant[] _byLength; // longest prefix first
    private readonly SegmentTable _segments;
    private readonly int _hardPinPercent;
    private readonly long _hardPinPages;
    private long _pinRefusalCount;

    /// <summary>The quotas that the options name.</summary>
    /// <exception cref="ArgumentException">A prefix is empty, too long or there twice, or there are too many.</exception>
    public Quotas(MetaEngineOptions options, SegmentTable segments)
    {
        _segments = segments;
        _hardPinPercent = options.HardPinPercent;
        _hardPinPages = options.HardPinBytes >> Limits.BlobAlignmentShift;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.TenantQuotas.Count, RecordHeader.TenantMax);
        _tenants = new Tenant[options.TenantQuotas.Count + 1];
        _tenants[0] = new Tenant(0, [], long.MaxValue);
        HashSet<string> prefixes = new(StringComparer.Ordinal);
        for (int i = 1; i < _tenants.Length; i++)
        {
            TenantQuota quota = options.TenantQuotas[i - 1];
            byte[] prefix = Encoding.UTF8.GetBytes(quota.Prefix);
            if (prefix.Length is 0 or > Limits.KeyBytesMax || quota.Bytes < 0 || !prefixes.Add(quota.Prefix))
            {
                throw new ArgumentException($"the quota of '{quota.Prefix}' is not legal", nameof(options));
            }

            _tenants[i] = new Tenant(i, prefix, quota.Bytes);
        }

        _byLength = [.. _tenants.Skip(1).OrderByDescending(tenant => tenant.Prefix.Length)];
    }

    /// <summary>Number of tenants.</summary>
    public int TenantCount => _byLength.Length;

    /// <summary>Pins refused because too much has a hard one.</summary>
    public long PinRefusalCount => Interlocked.Read(ref _pinRefusalCount);

    /// <summary>A tenant by its number, 1 .. <see cref="TenantCount"/>.</summary>
    public Tenant this[int number] => _tenants[number];

    /// <summary>The tenant of a key; 0: none.</summary>
    public int TenantOf(ReadOnlySpan<byte> key)
    {
        foreach (Tenant tenant in _byLength)
        {
            if (key.StartsWith(tenant.Prefix))
            {
                return tenant.Number;
            }
        }

        return 0;
    }

    /// <summary>Pages of one medium that may have a hard pin.</summary>
    public long HardPinPagesMax(Medium medium) => Math.Min(
        _segments.Usage(medium).CapacityPages * _hardPinPercent / 100, _hardPinPages);

    /// <summary>Counts what is about to have a pin.</summary>
    /// <returns><see langword="false"/>, and nothing counted: too much has a hard one.</returns>
    public bool TryPin(ObjectPin pin, Medium medium, long pages)
    {
        if (pin == ObjectPin.None)
        {
            return true;
        }

        MediumUsage usage = _segments.Usage(medium);
        if (usage.AddPinned(pin, pages) <= HardPinPagesMax(medium) || pin != ObjectPin.Hard)
        {
            return true;
        }

        usage.AddPinned(pin, -pages);
        Interlocked.Increment(ref _pinRefusalCount);
        return false;
    }

    /// <summary>Counts what has a pin, whatever the bound; or, negative, has it no more.</summary>
    public void AddPinned(ObjectPin pin, Medium medium, long pages)
    {
        if (pin != ObjectPin.None)
        {
            _segments.Usage(medium).AddPinned(pin, pages);
        }
    }

    /// <summary>Counts a record that comes without having been asked for, or, negative, goes.</summary>
    public void Add(in RecordAttributes attributes, Medium medium, long pages)
    {
        AddPinned(attributes.Pin, medium, pages);
        if (attributes.Tenant != 0)
        {
            _tenants[attributes.Tenant].Charge(pages);
        }
    }
}
