using MemCache.Core;
using MemCache.Meta;

namespace MemCache.SimulationTests;

/// <content>Pins, times to live and a tenant with a quota.</content>
internal sealed partial class World
{
    // Of the last put or change that was answered Ok; an end of 0: none.
    private readonly Dictionary<string, (ObjectPin Pin, long EndMs)> _terms = [];
    private long _drainedSeen;

    /// <summary>Changes of a pin or an end that were answered Ok.</summary>
    public int PinChanges { get; private set; }

    private IReadOnlyList<TenantQuota> Quotas =>
        _hasPriorities ? [new TenantQuota("key-1", 16 * Limits.BlobAlignmentBytes), new TenantQuota("key-12", 1 << 20)] : [];

    private ReplicateOptions AnyPriority(ReplicateOptions options) => options with
    {
        Pin = (ObjectPin)Math.Max(0, _random.Below(5) - 2),
        TtlMs = _random.Below(3) == 0 ? 1 + (int)_random.Below(2000) : 0,
    };

    private void SetPriority()
    {
        string key = AnyKey();
        ObjectPin? pin = _random.Below(3) == 0 ? null : (ObjectPin)_random.Below(3);
        int? ttlMs = _random.Below(2) == 0 ? null : (int)_random.Below(3) * 400;
        _engine.SetPriorities(new KeyBatch(key).Spans, pin, ttlMs, _now, _statuses);
        ForgetEvicted();
        Invariant.Require(_statuses[0] == MmcStatus.QuotaExceeded && pin == ObjectPin.Hard
            || _statuses[0] == (_visible.ContainsKey(key) ? MmcStatus.Ok : MmcStatus.ObjectNotFound));
        if (_statuses[0] == MmcStatus.Ok)
        {
            PinChanges++;
            (ObjectPin Pin, long EndMs) was = _terms[key];
            _terms[key] = (pin ?? was.Pin, ttlMs is null ? was.EndMs : ttlMs == 0 ? 0 : _now + ttlMs.Value);
        }
    }

    /// <summary>An object that has ended without anybody having looked is looked at: then the engine says so.</summary>
    private void ForgetExpired(string key)
    {
        if (_hasPriorities)
        {
            _engine.Exists(new KeyBatch(key).Spans, _now, _statuses);
            ForgetEvicted();
        }
    }

    private bool IsOver(string key) =>
        _terms.TryGetValue(key, out (ObjectPin Pin, long EndMs) terms) && terms.EndMs != 0 && _now >= terms.EndMs;

    private void CheckGone(IReadOnlyList<string> gone, MetaEngineStats stats)
    {
        int pinned = gone.Count(key => _terms.GetValueOrDefault(key).Pin == ObjectPin.Hard && !IsOver(key));
        Invariant.Require(pinned <= stats.ObjectsDrained - _drainedSeen, "an object with a hard pin was evicted");
        _drainedSeen = stats.ObjectsDrained;
        foreach (TenantStats tenant in stats.Tenants)
        {
            Invariant.Require(tenant.UsedBytes <= tenant.QuotaBytes, "a tenant has more than its quota");
        }
    }

    private void CheckNotOver(string key) => Invariant.Require(
        !IsOver(key) || _now < _terms[key].EndMs + ExpiryTable.UnitMs, "an object is visible after its end");
}
