using MemCache.Core;

namespace MemCache.SimulationTests;

/// <content>MetaServices that are lost, and owners that join again with what their segments hold.</content>
internal sealed partial class World
{
    // Objects that were readable when the MetaService was lost, by key; without those that something has happened to since.
    private readonly Dictionary<string, int> _expected = [];
    private readonly Dictionary<int, ulong> _putOfContent = [];

    public int RestartCount { get; private set; }

    public int RestoredCount { get; private set; }

    /// <summary>Ranges and slots whose writers had not finished when the owner joined again.</summary>
    public int HeldOverRestart { get; private set; }

    public int SlotsHeldOverRestart { get; private set; }

    /// <summary>Replicas that were refused because a later put, or a writer's range, was there.</summary>
    public int RestoreConflicts { get; private set; }

    private bool StepRestarts()
    {
        if (_random.Below(5) == 0
            && Pick([.. _mounted.Values.OrderBy(segment => segment.Id.Value)], segment => segment.Restoring is not null) is { } segment)
        {
            StepRestore(segment);
            return true;
        }

        switch (_random.Below(400))
        {
            case 0:
                Restart();
                return true;
            case 1:
                if (Pick([.. _mounted.Values.OrderBy(mounted => mounted.Id.Value)], _ => true) is { } lost)
                {
                    JoinAgain(lost);
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>The MetaService is gone with all it knew, and another one begins. Writers and readers notice it later.</summary>
    private void Restart()
    {
        RestartCount++;
        if (_mounted.Values.All(segment => segment.Restoring is null))
        {
            _expected.Clear();
            foreach ((string key, int content) in _visible)
            {
                _expected[key] = content;
            }
        }

        // Whatever its clock says, the owners tell it how far the one before had come.
        ulong generation = _engine.GenerationLast;
        _engine = NewEngine();
        _engine.RaiseGeneration(generation);
        _goneSeen = 0;
        _drainedSeen = 0;
        _visible.Clear();
        foreach (FakeProcess process in _processes)
        {
            process.IsClosed = true;
            process.Leases.Clear();
        }

        FakeSegment[] segments = [.. _mounted.Values.OrderBy(segment => segment.Rank.Value)];
        _mounted.Clear();
        Array.ForEach(segments, Join);
    }

    /// <summary>An owner was silent for too long, and is back.</summary>
    private void JoinAgain(FakeSegment segment)
    {
        foreach (FakeProcess process in _processes)
        {
            process.Leases.RemoveAll(lease => lease.Segment == segment);
        }

        Invariant.Require(_engine.DropSegment(segment.Id) == MmcStatus.Ok);
        _mounted.Remove(segment.Id.Value);
        ForgetExpected(segment);
        ForgetLost();
        Join(segment);
    }

    private void Join(FakeSegment segment)
    {
        MmcStatus status = _engine.MountSegment(
            segment.Rank, Medium.Dram, (long)segment.Stamps.Length * Limits.BlobAlignmentBytes, (uint)segment.Slots.Length,
            isRestoring: true, out SegmentId id, out ulong floor);
        Invariant.Require(status == MmcStatus.Ok && floor >= segment.Floor);
        segment.Id = id;
        segment.Floor = floor;
        // A drain belongs to the mount.
        segment.IsDraining = false;
        segment.WasDrained = false;
        _mounted[id.Value] = segment;
        segment.Restoring = Scan(segment);
    }

    private Queue<(RestoreEntry Entry, string Key)> Scan(FakeSegment segment)
    {
        List<(RestoreEntry Entry, string Key)> held = [];
        List<(RestoreEntry Entry, string Key)> objects = [];
        for (int slot = 0; slot < segment.Slots.Length; slot++)
        {
            FakeSegment.SlotWord word = segment.Slots[slot];
            RestoreEntry info = segment.Infos[slot];
            if (word.State == SlotState.Writing)
            {
                bool isFilled = info.Generation == word.Generation;
                HeldOverRestart += isFilled ? 1 : 0;
                SlotsHeldOverRestart += isFilled ? 0 : 1;
                held.Add((new RestoreEntry
                {
                    Generation = word.Generation,
                    Offset = isFilled ? info.Offset : 0,
                    SizeBytes = isFilled ? info.SizeBytes : 0,
                    Slot = (uint)slot,
                    Held = 1,
                }, ""));
            }
            else if (IsObject(segment, slot))
            {
                objects.Add((info, segment.Keys[slot]));
            }
        }

        return new(held.Concat(objects.OrderBy(found => found.Entry.PutGeneration)));
    }

    private static bool IsObject(FakeSegment segment, int slot)
    {
        FakeSegment.SlotWord word = segment.Slots[slot];
        RestoreEntry info = segment.Infos[slot];
        int first = (int)(info.Offset / Limits.BlobAlignmentBytes);
        int count = (int)((info.SizeBytes + Limits.BlobAlignmentBytes - 1) / Limits.BlobAlignmentBytes);
        return word.State == SlotState.Ready && info.Generation == word.Generation
            && info.Generation > segment.RetiredBelow && info.Generation < segment.Floor
            && !segment.Stamps.AsSpan(first, count).ContainsAnyExcept(info.Generation);
    }

    /// <summary>One small frame of what a segment holds, or the end.</summary>
    private void StepRestore(FakeSegment segment)
    {
        if (segment.Restoring!.Count == 0)
        {
            Invariant.Require(_engine.EndRestore(segment.Id) == MmcStatus.Ok);
            segment.Restoring = null;
            CheckExpected();
            return;
        }

        for (long i = _random.Below(4); i >= 0 && segment.Restoring.TryDequeue(out (RestoreEntry Entry, string Key) found); i--)
        {
            if (found.Entry.IsHeld || IsObject(segment, (int)found.Entry.Slot))
            {
                Restore(segment, found.Entry, found.Key);
            }
        }
    }

    private void Restore(FakeSegment segment, RestoreEntry entry, string key)
    {
        _engine.Restore(segment.Id, [entry], new KeyBatch(key).Spans, _now, _statuses);
        MmcStatus status = _statuses[0];
        Invariant.Require(
            status is MmcStatus.Ok or MmcStatus.DuplicatedObject or MmcStatus.BlobChanged or MmcStatus.KeyNotFound, $"restore: {status}");
        Invariant.Require(!entry.IsHeld || status == MmcStatus.Ok, "a range that a writer has is not held");
        if (status == MmcStatus.Ok && !entry.IsHeld)
        {
            RestoredCount++;
            _visible[key] = segment.Contents[(int)(entry.Offset / Limits.BlobAlignmentBytes)];
        }
        else if (status != MmcStatus.Ok)
        {
            RestoreConflicts++;
            ref FakeSegment.SlotWord slot = ref segment.Slots[(int)entry.Slot];
            slot = slot with { State = SlotState.Free };
        }
    }

    /// <summary>What was readable before is readable again, when all segments have told what they hold.</summary>
    private void CheckExpected()
    {
        if (_mounted.Values.Any(segment => segment.Restoring is not null))
        {
            return;
        }

        ForgetEvicted();
        foreach ((string key, int content) in _expected)
        {
            if (IsBelowMark(key, content))
            {
                continue;
            }

            Invariant.Require(_visible.TryGetValue(key, out int found), $"{key} was not brought back");
            // A later put of the key that was written whole and had no answer yet may have won.
            Invariant.Require(found == content || _putOfContent[found] > _putOfContent[content], $"{key} is an older object now");
        }

        _expected.Clear();
    }

    // Put while everything was removed: reserved before, published after. It is readable, and not brought back.
    private bool IsBelowMark(string key, int content) => _mounted.Values.Any(segment =>
        Enumerable.Range(0, segment.Slots.Length).Any(slot =>
            segment.Keys[slot] == key
            && segment.Infos[slot].Generation <= segment.RetiredBelow
            && segment.Contents[(int)(segment.Infos[slot].Offset / Limits.BlobAlignmentBytes)] == content));

    private void ForgetExpected(FakeSegment segment)
    {
        foreach ((string key, int content) in _expected.ToArray())
        {
            if (segment.Contents.Contains(content))
            {
                _expected.Remove(key);
            }
        }
    }

    /// <summary>What the owner does with the retirements that a heartbeat brings.</summary>
    private void Retire(FakeSegment segment)
    {
        Span<RetireEntry> retired = stackalloc RetireEntry[4];
        int count = _engine.TakeRetired(segment.Id, retired, out ulong below, out _);
        segment.RetiredBelow = Math.Max(segment.RetiredBelow, below);
        foreach (RetireEntry entry in retired[..count])
        {
            ref FakeSegment.SlotWord slot = ref segment.Slots[(int)entry.Slot];
            if (slot.Generation == entry.Generation && slot.State == SlotState.Ready)
            {
                slot = slot with { State = SlotState.Free };
            }
        }
    }
}
