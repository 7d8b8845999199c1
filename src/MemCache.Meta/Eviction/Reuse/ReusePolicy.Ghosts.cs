namespace MemCache.Meta;

/// <content>What is not there is remembered for a while.</content>
internal sealed partial class ReusePolicy
{
    // An entry that returns so often that its places can't be counted is forgotten with its last counted one.
    private static void Queue(EntryQueue queue, int number, ref ReuseEntry entry)
    {
        if (entry.QueuedCount < ReuseEntry.QueuedCountMax)
        {
            entry.QueuedCount++;
            queue.Push(number);
        }
    }

    private void Trim()
    {
        while (_announced.Count > AnnouncedCountMax)
        {
            int number = _announced.Pop();
            ref ReuseEntry entry = ref _entries[number];
            entry.QueuedCount--;
            if (entry.State == ReuseState.Announced)
            {
                entry.State = ReuseState.Ghost;
                Queue(_ghosts, number, ref entry);
            }

            ForgetIfUnneeded(number, ref entry);
        }

        while (_ghosts.Count > GhostCountMax)
        {
            int number = _ghosts.Pop();
            ref ReuseEntry entry = ref _entries[number];
            entry.QueuedCount--;
            ForgetIfUnneeded(number, ref entry);
        }
    }

    // A ghost that has residents behind it is kept until the last of them goes, for they name it.
    private void ForgetIfUnneeded(int number, ref ReuseEntry entry)
    {
        if (entry.State != ReuseState.Resident && entry.QueuedCount == 0 && entry.ChildCount == 0)
        {
            LeaveCohort(entry);
            _index.Remove(number);
            _entries.Return(number);
            KnownCount--;
        }
    }
}
