using MemCache.Core;

namespace MemCache.SimulationTests;

internal sealed partial class World
{
    private void Reserve()
    {
        if (Pick(_processes, process => process.Puts.Count < 8) is not { } process)
        {
            return;
        }

        int count = 1 + (int)_random.Below(4);
        KeyBatch keys = new();
        long[] sizes = new long[count];
        for (int i = 0; i < count; i++)
        {
            keys.Add(_random.Below(50) == 0 ? "" : AnyKey());
            sizes[i] = _random.Below(40) == 0 ? _random.Below(3) * 1_000_000 : 1 + _random.Below((_isElastic ? 3 : PageCountMax) * Limits.BlobAlignmentBytes);
        }

        bool isListed = _random.Below(3) == 0;
        ReplicateOptions options = AnyOptions();
        options = _hasPriorities ? AnyPriority(options) : options;
        (ObjectPin Pin, long EndMs) terms = (options.Pin, options.TtlMs == 0 ? 0 : _now + options.TtlMs);
        if (isListed)
        {
            _engine.Allocate(process.Session, keys.Spans, sizes, options, Medium.Dram, _now, _objects, _replicas);
        }
        else
        {
            _engine.Reserve(process.Session, keys.Spans, sizes, options, Medium.Dram, _now, _objects, _replicas);
        }

        ForgetEvicted();
        for (int i = 0; i < count; i++)
        {
            if (_objects[i].Status == MmcStatus.Ok)
            {
                process.Puts.Add(Begin(process, keys.KeyText(i), _objects[i], isListed, terms));
            }
            else
            {
                Invariant.Require(_objects[i].Status != MmcStatus.NotConnectedToMeta || process.IsClosed);
            }
        }
    }

    private ReplicateOptions AnyOptions()
    {
        RankId rank = new((ushort)_random.Below(RankCount));
        return _random.Below(_isElastic ? 3 : 6) switch
        {
            0 => new ReplicateOptions(2),
            1 => new ReplicateOptions(1, rank),
            2 => new ReplicateOptions(3, rank),
            _ => default,
        };
    }

    private Put Begin(
        FakeProcess process, string key, ObjectLocation location, bool isListed, (ObjectPin Pin, long EndMs) terms)
    {
        int content = ++_contentLast;
        _keyOfContent[content] = key;
        int pageCount = (int)((location.SizeBytes + Limits.BlobAlignmentBytes - 1) / Limits.BlobAlignmentBytes);
        List<Copy> copies = [];
        HashSet<RankId> ranks = [];
        foreach (ReplicaLocation replica in _replicas.AsSpan((int)location.FirstReplicaIndex, location.ReplicaCount))
        {
            FakeSegment segment = _mounted[replica.Segment.Value];
            Invariant.Require(ranks.Add(segment.Rank), "two replicas on one rank");
            Invariant.Require(!segment.IsDraining, "placed in a segment that is drained");
            for (int i = 0; i < pageCount; i++)
            {
                Invariant.Require(
                    segment.Writers[(int)(replica.Offset / Limits.BlobAlignmentBytes) + i] is null,
                    "a page is given away while a living writer may store into it");
            }

            RestoreEntry info = new()
            {
                Generation = replica.Generation,
                PutGeneration = _replicas[(int)location.FirstReplicaIndex].Generation,
                Offset = replica.Offset,
                SizeBytes = location.SizeBytes,
                Slot = replica.Slot,
                ReplicaCount = (byte)location.ReplicaCount,
                ReplicaIndex = (byte)copies.Count,
            };
            _putOfContent[content] = info.PutGeneration;
            copies.Add(new Copy(process, segment, replica, pageCount, _ => content, () => true, info, key));
        }

        return new Put(key, content, location, copies) { ResumeAt = AnyResume(), IsListed = isListed, Terms = terms };
    }

    private void StepCopies()
    {
        // Processes that are closed go on too: that is what orphans are about.
        if (Pick(_processes, process => process.Puts.Exists(put => put.ResumeAt <= _step)) is not { } process
            || Pick(process.Puts, put => !put.IsWritten && put.ResumeAt <= _step) is not { } put)
        {
            return;
        }

        Copy? copy = Pick(put.Copies, copy => !copy.IsDone);
        for (long i = _random.Below(12); i >= 0; i--)
        {
            copy!.Step();
        }
    }

    private void Commit()
    {
        if (Pick(_processes, process => process.Puts.Exists(put => put.IsWritten || put.IsRefused)) is not { } process)
        {
            return;
        }

        Put put = Pick(process.Puts, put => put.IsWritten || put.IsRefused)!;
        bool publish = put.IsWritten && !put.IsRefused && _random.Below(20) != 0;
        if (!publish)
        {
            RefusedCopies += put.IsRefused ? 1 : 0;
            put.Copies.ForEach(copy => copy.GiveUp());
        }

        CommitEntry entry = new()
        {
            Ref = put.Location.Ref,
            Generation = put.Copies[0].Location.Generation,
            Publish = publish ? 1u : 0u,
        };
        ForgetExpired(put.Key);
        _engine.Commit(process.Session, [entry], _now, _statuses);
        process.Puts.Remove(put);
        Invariant.Require(!process.IsClosed || _statuses[0] == MmcStatus.ReservationRevoked);
        if (publish && _statuses[0] == MmcStatus.Ok)
        {
            Invariant.Require(_visible.TryAdd(put.Key, put.Content), "a second commit of a key won");
            _expected.Remove(put.Key);
            _terms[put.Key] = put.Terms;
        }
        else if (_statuses[0] == MmcStatus.DuplicatedObject)
        {
            Invariant.Require(_visible.ContainsKey(put.Key));
        }
        else if (_statuses[0] == MmcStatus.NotConnectedToLocal)
        {
            // A segment that has joined again since is another mount.
            Invariant.Require(put.Copies.TrueForAll(
                copy => !copy.Segment.IsMounted || copy.Location.Segment != copy.Segment.Id));
        }
    }

    private void BeginGet()
    {
        if (Pick(_processes, process => process.Gets.Count < 10) is not { } process)
        {
            return;
        }

        string key = AnyKey();
        int count = _engine.Lookup(new KeyBatch(key).Spans, process.Rank, 0, _now, _objects, _replicas);
        CheckVisible(key, _objects[0].Status);
        if (_objects[0].Status != MmcStatus.Ok)
        {
            return;
        }

        Invariant.Require(count == _objects[0].ReplicaCount && count > 0);
        FakeSegment segment = _mounted[_replicas[0].Segment.Value];
        for (int i = 1; i < count; i++)
        {
            Invariant.Require(_mounted[_replicas[i].Segment.Value].Rank != process.Rank, "the nearest replica is not first");
        }

        int pageCount = (int)((_objects[0].SizeBytes + Limits.BlobAlignmentBytes - 1) / Limits.BlobAlignmentBytes);
        process.Gets.Add(new Get(key, _objects[0], _replicas[0], segment, pageCount) { ResumeAt = AnyResume() });
    }

    private void StepGets()
    {
        if (Pick(_processes, process => process.Gets.Exists(get => get.ResumeAt <= _step)) is not { } process)
        {
            return;
        }

        Get get = Pick(process.Gets, get => get.ResumeAt <= _step)!;
        for (long i = _random.Below(8); i >= 0 && !get.IsDone; i--)
        {
            if (get.Step() is { } contents)
            {
                VerifiedReads++;
                Invariant.Require(contents.Distinct().Count() == 1, "a verified read is a mix");
                Invariant.Require(_keyOfContent[contents[0]] == get.Key, "a verified read has another object's bytes");
            }
            else if (get.IsDone)
            {
                MissedReads++;
            }
        }

        get.ResumeAt = AnyResume();
        if (get.IsDone)
        {
            process.Gets.Remove(get);
            _engine.ReleaseLeases([new LeaseRelease { Ref = get.Location.Ref, Generation = get.Replica.Generation }], _now);
        }
    }

    private void Exists()
    {
        string key = AnyKey();
        _engine.Exists(new KeyBatch(key).Spans, _now, _statuses);
        CheckVisible(key, _statuses[0]);
    }

    private void Remove()
    {
        string key = AnyKey();
        ForgetExpired(key);
        _engine.Remove(new KeyBatch(key).Spans, _now, _statuses);
        _expected.Remove(key);
        Invariant.Require(_statuses[0] == (_visible.Remove(key) ? MmcStatus.Ok : MmcStatus.ObjectNotFound));
    }

    private void CheckVisible(string key, MmcStatus status)
    {
        ForgetEvicted();
        Invariant.Require(status == (_visible.ContainsKey(key) ? MmcStatus.Ok : MmcStatus.ObjectNotFound), "visible is not what was put");
        if (status == MmcStatus.Ok)
        {
            CheckNotOver(key);
        }
    }
}
