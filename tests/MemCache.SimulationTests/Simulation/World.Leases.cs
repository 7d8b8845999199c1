using MemCache.Core;
using MemCache.Meta;

namespace MemCache.SimulationTests;

internal sealed partial class World
{
    /// <summary>
    /// Leases that held an object which was removed meanwhile: without some of them a run proves little.
    /// </summary>
    public int LeasesOfRemoved { get; private set; }

    private void StepLeases()
    {
        if (Pick(_processes, process => !process.IsClosed) is not { } process)
        {
            return;
        }

        if (process.Leases.Count > 0 && _random.Below(3) == 0)
        {
            Unlease(process, process.Leases[(int)_random.Below(process.Leases.Count)].Key);
        }
        else
        {
            Lease(process, AnyKey());
        }
    }

    private void Lease(FakeProcess process, string key)
    {
        int leaseMs = 1 + (int)_random.Below(300);
        _engine.AddKeyLeases(process.Session, new KeyBatch(key).Spans, leaseMs, _now, _objects, _replicas);
        ForgetEvicted();
        bool isListed = _processes.Exists(p => !p.IsClosed && p.Puts.Exists(put => put.IsListed && put.Key == key));
        Invariant.Require(_objects[0].Status == (_visible.ContainsKey(key) ? MmcStatus.Ok
            : isListed ? MmcStatus.StateMismatch
            : MmcStatus.KeyNotFound));
        if (_objects[0].Status != MmcStatus.Ok)
        {
            return;
        }

        // By any of its replicas: they do not come in the same order every time.
        ReplicaLocation[] replicas = _replicas.AsSpan((int)_objects[0].FirstReplicaIndex, _objects[0].ReplicaCount).ToArray();
        FakeLease? lease = process.Leases.Find(lease => lease.Key == key
            && replicas.Any(replica => _mounted[replica.Segment.Value] == lease.Segment && replica.Generation == lease.Generation));
        if (lease is null)
        {
            lease = new FakeLease(key, _mounted[replicas[0].Segment.Value], replicas[0].Generation);
            process.Leases.Add(lease);
        }

        lease.EndMs = Math.Max(lease.EndMs, _now + leaseMs);
    }

    private void Unlease(FakeProcess process, string key)
    {
        _engine.RemoveKeyLeases(process.Session, new KeyBatch(key).Spans, _now, _statuses);
        // From a segment that is drained the object may move to one that is lost then, and its leases by key with it.
        bool wasHeld = process.Leases.Exists(
            lease => lease.Key == key && lease.EndMs > _now && lease.Segment is { IsMounted: true, WasDrained: false });
        Invariant.Require(!wasHeld || _statuses[0] == MmcStatus.Ok, "a lease is gone before its time");
        process.Leases.RemoveAll(lease => lease.Key == key);
    }

    /// <summary>What is leased stays where it is: nothing else gets its space.</summary>
    private void CheckLeases()
    {
        Dictionary<(ushort, ulong), RecordState> held = [];
        foreach (RecordSnapshot record in _engine.Snapshot())
        {
            foreach (BlobLocation blob in record.Replicas)
            {
                held[(blob.Segment.Value, blob.Generation)] = record.State;
            }
        }

        foreach (FakeLease lease in _processes.Where(process => !process.IsClosed).SelectMany(process => process.Leases))
        {
            if (lease.EndMs > _now && lease.Segment.IsMounted)
            {
                RecordState state = held.GetValueOrDefault((lease.Segment.Id.Value, lease.Generation));
                Invariant.Require(state is RecordState.Readable or RecordState.Removing, "the space of a leased object was given away");
                LeasesOfRemoved += state == RecordState.Removing ? 1 : 0;
            }
        }
    }
}
