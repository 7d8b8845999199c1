using MemCache.Core;
using MemCache.Meta;

namespace MemCache.SimulationTests;

internal sealed partial class ScenarioRunner
{
    private void Mount(string[] arguments)
    {
        long size = Size(arguments[1]);
        MmcStatus status = _engine.MountSegment(
            Rank(arguments[0]), Medium.Dram, size, (uint)Math.Min(size >> 12, uint.MaxValue), out SegmentId segment);
        Line(status == MmcStatus.Ok ? $"{Name(status)} {segment}" : Name(status));
    }

    private void Lease(string[] arguments, Dictionary<string, string> options)
    {
        string[] names = arguments[1..];
        int lease = options.TryGetValue("ms", out string? ms) ? (int)Number(ms) : 0;
        _engine.AddKeyLeases(Session(arguments[0]), Keys(names).Spans, lease, _now, _objects.AsSpan(0, names.Length), _replicas);
        Line(string.Join(", ", names.Select((name, i) => $"{name}: {Name(_objects[i].Status)}")));
    }

    private void Unlease(string[] arguments) => Statuses(
        arguments[1..], (keys, statuses) => _engine.RemoveKeyLeases(Session(arguments[0]), keys.Spans, _now, statuses));

    private void Reserve(string[] arguments, Dictionary<string, string> options, bool isListed = false)
    {
        KeyBatch key = Keys([arguments[1]]);
        long[] size = [Size(arguments[2])];
        Span<ObjectLocation> location = _objects.AsSpan(0, 1);
        SessionId session = Session(arguments[0]);
        int count = isListed
            ? _engine.Allocate(session, key.Spans, size, Options(options), Medium.Dram, _now, location, _replicas)
            : _engine.Reserve(session, key.Spans, size, Options(options), Medium.Dram, _now, location, _replicas);
        Line($"{arguments[1]}: {Describe(_objects[0], count)}");
        if (_objects[0].Status == MmcStatus.Ok)
        {
            CommitEntry entry = new() { Ref = _objects[0].Ref, Generation = _replicas[0].Generation };
            _reservations[options.GetValueOrDefault("as", arguments[1])] = (Session(arguments[0]), entry);
        }
    }

    private void Commit(string[] names, bool publish)
    {
        foreach (string name in names)
        {
            (SessionId session, CommitEntry entry) = _reservations[name];
            entry.Publish = publish ? 1u : 0u;
            _engine.Commit(session, [entry], _now, _statuses);
            Line($"{name}: {Name(_statuses[0])}");
        }
    }

    private void Put(string[] arguments, Dictionary<string, string> options)
    {
        SessionId session = Session(arguments[0]);
        string[] names = arguments[1].Split(',');
        long[] sizes = [.. names.Select(_ => Size(arguments[2]))];
        _engine.Reserve(
            session, Keys(names).Spans, sizes, Options(options), Medium.Dram, _now, _objects.AsSpan(0, names.Length), _replicas);
        ObjectLocation[] objects = _objects.AsSpan(0, names.Length).ToArray();
        int[] written = [.. Enumerable.Range(0, names.Length).Where(i => objects[i].Status == MmcStatus.Ok)];
        CommitEntry[] entries = [.. written.Select(i => new CommitEntry
        {
            Ref = objects[i].Ref,
            Generation = _replicas[objects[i].FirstReplicaIndex].Generation,
            Publish = 1,
        })];
        _engine.Commit(session, entries, _now, _statuses);
        for (int i = 0; i < names.Length; i++)
        {
            int entry = Array.IndexOf(written, i);
            MmcStatus status = entry < 0 ? objects[i].Status : _statuses[entry];
            Line($"{names[i]}: {(status == MmcStatus.Ok ? Describe(objects[i], 0) : Name(status))}");
        }
    }

    private void Get(string[] names, Dictionary<string, string> options)
    {
        RankId near = options.TryGetValue("near", out string? rank) ? Rank(rank) : RankId.None;
        int lease = options.TryGetValue("lease", out string? ms) ? (int)Number(ms) : 0;
        _engine.Lookup(Keys(names).Spans, near, lease, _now, _objects.AsSpan(0, names.Length), _replicas);
        for (int i = 0; i < names.Length; i++)
        {
            Line($"{names[i]}: {Describe(_objects[i], 0)}");
            if (_objects[i].Status == MmcStatus.Ok)
            {
                ulong generation = _replicas[_objects[i].FirstReplicaIndex].Generation;
                _leases[names[i]] = new LeaseRelease { Ref = _objects[i].Ref, Generation = generation };
            }
        }
    }

    private void Query(string[] names)
    {
        _engine.Lookup(Keys(names).Spans, RankId.None, -1, _now, _objects.AsSpan(0, names.Length), _replicas);
        for (int i = 0; i < names.Length; i++)
        {
            Line($"{names[i]}: {Describe(_objects[i], 0)}");
        }
    }

    private void Release(string[] names)
    {
        foreach (string name in names)
        {
            _engine.ReleaseLeases([_leases[name]], _now);
        }
    }

    private void Statuses(string[] names, Action<KeyBatch, MmcStatus[]> call)
    {
        call(Keys(names), _statuses);
        Line(string.Join(", ", names.Select((name, i) => $"{name}: {Name(_statuses[i])}")));
    }

    private void Orphans(string[] arguments)
    {
        OrphanEntry[] orphans = new OrphanEntry[16];
        int count = _engine.CopyOrphans(Segment(arguments[0]), orphans);
        foreach (OrphanEntry orphan in orphans.AsSpan(0, count))
        {
            Line($"slot {orphan.Slot} generation {orphan.Generation} of {orphan.Session}");
        }

        Line($"{count} orphans");
    }

    private void Objects()
    {
        IOrderedEnumerable<RecordSnapshot> records = _engine.Snapshot()
            .OrderBy(record => record.State)
            .ThenBy(record => record.Sequence)
            .ThenBy(record => record.Key, StringComparer.Ordinal)
            .ThenBy(record => record.Replicas[0].Generation);
        foreach (RecordSnapshot record in records)
        {
            string owner = record.Session == SessionId.None ? "" : $" of {record.Session}";
            string readers = record.ReaderCount == 0 ? "" : $" readers {record.ReaderCount}";
            string blobs = string.Join(", ", record.Replicas.Select(blob => blob.Segment == SegmentId.None
                ? "gone" : $"{blob.Segment} page {blob.Offset >> 12}"));
            Line($"{record.State} {record.Key} {record.SizeBytes}{owner}{readers} [{blobs}]");
        }

        Line("in order of use");
    }

    private void Segments()
    {
        foreach (SegmentStats segment in _engine.ReadStats().Segments)
        {
            string dropped = segment.IsAlive ? "" : " dropped";
            Line($"{segment.Segment} {segment.Rank}{dropped}: {segment.UsedBytes >> 12} of {segment.CapacityBytes >> 12} pages, "
                + $"{segment.FreeExtentCount} free runs, {segment.SlotUsedCount} slots, {segment.OrphanCount} orphans");
        }
    }

    private void Counters()
    {
        MetaEngineStats stats = _engine.ReadStats();
        Line($"objects {stats.ObjectCount} reservations {stats.ReservationCount} orphans {stats.OrphanCount} "
            + $"removing {stats.RemovingCount} parked {stats.ParkedCount}");
        Line($"committed {stats.ObjectsCommitted} duplicated {stats.CommitsDuplicated} dropped {stats.ReservationsDropped} "
            + $"refused {stats.CommitsRefused} revoked {stats.ReservationsRevoked}");
        if (stats.AllocationCount + stats.KeyLeaseCount > 0)
        {
            Line($"allocations {stats.AllocationCount} leases by key {stats.KeyLeaseCount}");
        }

        Line($"removed {stats.ObjectsRemoved} lost {stats.ObjectsLost} evicted {stats.EvictedByWatermark} by watermark "
            + $"{stats.EvictedByReserve} by reserve, rejected {stats.ReservesRejected}");
    }

    private string Describe(in ObjectLocation location, int count)
    {
        if (location.Status != MmcStatus.Ok)
        {
            return Name(location.Status);
        }

        Invariant.Require(count == 0 || count == location.ReplicaCount);
        IEnumerable<string> blobs = _replicas
            .Skip((int)location.FirstReplicaIndex)
            .Take(location.ReplicaCount)
            .Select(replica => $"{replica.Segment} slot {replica.Slot} generation {replica.Generation} page {replica.Offset >> 12}");
        return $"Ok {location.SizeBytes} [{string.Join(", ", blobs)}]";
    }
}
