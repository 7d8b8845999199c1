namespace MemCache.Meta;

/// <summary>Doubly linked list of records through their <see cref="RecordHeader.Previous"/> and <see cref="RecordHeader.Next"/>.</summary>
internal struct RecordList
{
    /// <summary>First record; 0: the list is empty.</summary>
    public uint Head;

    /// <summary>Last record.</summary>
    public uint Tail;

    /// <summary>Number of records.</summary>
    public int Count;

    /// <summary>Adds <paramref name="record"/> before the first.</summary>
    public void PushFront(Slab slab, uint record) => InsertAfter(slab, 0, record);

    /// <summary>Adds <paramref name="record"/> behind the last.</summary>
    public void PushBack(Slab slab, uint record) => InsertAfter(slab, Tail, record);

    /// <summary>Adds <paramref name="record"/> behind <paramref name="before"/>; 0: before the first.</summary>
    public void InsertAfter(Slab slab, uint before, uint record)
    {
        uint after = before == 0 ? Head : slab.Ref<RecordHeader>(before).Next;
        ref RecordHeader header = ref slab.Ref<RecordHeader>(record);
        header.Previous = before;
        header.Next = after;
        SetNext(slab, before, record);
        SetPrevious(slab, after, record);
        Count++;
    }

    /// <summary>Takes <paramref name="record"/>, which is in this list, out of it.</summary>
    public void Remove(Slab slab, uint record)
    {
        ref RecordHeader header = ref slab.Ref<RecordHeader>(record);
        SetNext(slab, header.Previous, header.Next);
        SetPrevious(slab, header.Next, header.Previous);
        Count--;
    }

    private void SetNext(Slab slab, uint record, uint next)
    {
        if (record == 0)
        {
            Head = next;
        }
        else
        {
            slab.Ref<RecordHeader>(record).Next = next;
        }
    }

    private void SetPrevious(Slab slab, uint record, uint previous)
    {
        if (record == 0)
        {
            Tail = previous;
        }
        else
        {
            slab.Ref<RecordHeader>(record).Previous = previous;
        }
    }
}
