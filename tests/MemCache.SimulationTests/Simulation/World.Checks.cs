using MemCache.Core;
using MemCache.Meta;

namespace MemCache.SimulationTests;

internal sealed partial class World
{
    private long _goneSeen;

    /// <summary>No readable object without its bytes: every replica that counts holds what was put, whole.</summary>
    private void CheckBytes()
    {
        ForgetEvicted();
        foreach (RecordSnapshot record in _engine.Snapshot())
        {
            if (record.State is not (RecordState.Readable or RecordState.Removing))
            {
                continue;
            }

            foreach (BlobLocation blob in record.Replicas)
            {
                if (!_mounted.TryGetValue(blob.Segment.Value, out FakeSegment? segment))
                {
                    continue;
                }

                CheckBlob(record, blob, segment);
            }
        }
    }

    private void CheckBlob(RecordSnapshot record, BlobLocation blob, FakeSegment segment)
    {
        int first = (int)(blob.Offset / Limits.BlobAlignmentBytes);
        int count = (int)((blob.SizeBytes + Limits.BlobAlignmentBytes - 1) / Limits.BlobAlignmentBytes);
        int content = segment.Contents[first];
        Invariant.Require(_keyOfContent[content] == record.Key);
        Invariant.Require(record.State == RecordState.Removing || _visible[record.Key] == content);
        Invariant.Require(segment.Slots[(int)blob.Slot] is { State: SlotState.Ready } slot && slot.Generation == blob.Generation);
        for (int i = first; i < first + count; i++)
        {
            Invariant.Require(segment.Stamps[i] == blob.Generation && segment.Contents[i] == content);
        }
    }

    /// <summary>The engine may drop objects by itself, but only as many as it says, for the reasons it says.</summary>
    private void ForgetEvicted()
    {
        MetaEngineStats stats = _engine.ReadStats();
        long gone = stats.EvictedByReserve + stats.EvictedByWatermark + stats.ObjectsDrained
            + stats.EvictedByQuota + stats.ObjectsExpired;
        HashSet<string> readable = Readable();
        List<string> missing = [];
        foreach (string key in _visible.Keys.ToArray())
        {
            if (!readable.Contains(key))
            {
                _visible.Remove(key);
                _expected.Remove(key);
                missing.Add(key);
            }
        }

        Invariant.Require(missing.Count == gone - _goneSeen, "an object is gone and was not evicted");
        CheckGone(missing, stats);
        _goneSeen = gone;
    }

    /// <summary>A segment was dropped: objects that had no replica elsewhere are lost.</summary>
    private void ForgetLost()
    {
        HashSet<string> readable = Readable();
        foreach (string key in _visible.Keys.Where(key => !readable.Contains(key)).ToArray())
        {
            _visible.Remove(key);
        }
    }

    private HashSet<string> Readable() =>
        [.. _engine.Snapshot()
            .Where(record => record.State == RecordState.Readable
                && record.Replicas.Any(blob => _mounted.ContainsKey(blob.Segment.Value)))
            .Select(record => record.Key)];
}
