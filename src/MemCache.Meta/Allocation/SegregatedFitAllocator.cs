using MemCache.Core;

namespace MemCache.Meta;

/// <summary>
/// Good fit with fine size classes, in constant time: free runs lie in lists by length, two tables find a run by its first page and by
/// the page behind its last, for joining. Source of the idea: Masmano et al., "TLSF", ECRTS 2004; there the blobs carry boundary tags,
/// here nothing may be written into them, so tables of the free runs take their place.
/// </summary>
internal sealed class SegregatedFitAllocator : IBlobAllocator
{
    // LIMIT: runs of the own class that are tried before the next class is taken, which always fits. More saves little space.
    private const int TriedCountMax = 16;

    private readonly Slab _slab;
    private readonly PagedTable _byBegin;
    private readonly PagedTable _byEnd;
    private readonly uint[] _heads = new uint[SizeClasses.Count];
    private readonly SizeClasses _classes = new();

    /// <summary>All <paramref name="pageCount"/> pages are free.</summary>
    public SegregatedFitAllocator(uint pageCount, ChunkPool pool)
        : this(pool)
    {
        Add(0, pageCount);
        FreePageCount = pageCount;
    }

    /// <summary>No page is free: what there is comes by <see cref="Release"/>.</summary>
    public SegregatedFitAllocator(ChunkPool pool)
    {
        _slab = new Slab(pool);
        _byBegin = new PagedTable(_slab);
        _byEnd = new PagedTable(_slab);
    }

    /// <inheritdoc/>
    public long FreePageCount { get; private set; }

    /// <inheritdoc/>
    public int FreeExtentCount => _byBegin.Count;

    /// <inheritdoc/>
    public uint LargestFreePageCount
    {
        get
        {
            int last = _classes.Last();
            return last < 0 ? 0 : SizeClasses.PageCountMin(last);
        }
    }

    /// <inheritdoc/>
    public MmcStatus Reserve(uint pageCount, out uint page)
    {
        uint found = FindInClass(pageCount);
        if (found == 0)
        {
            int next = _classes.Next(SizeClasses.Of(pageCount) + 1);
            if (next < 0)
            {
                page = 0;
                return MmcStatus.SegmentFull;
            }

            found = _heads[next];
        }

        ref FreeExtent extent = ref _slab.Ref<FreeExtent>(found);
        page = extent.Page;
        uint rest = extent.PageCount - pageCount;
        uint restPage = page + pageCount;
        Take(found);
        if (rest != 0)
        {
            Add(restPage, rest);
        }

        FreePageCount -= pageCount;
        return MmcStatus.Ok;
    }

    /// <inheritdoc/>
    public void Release(uint page, uint pageCount)
    {
        FreePageCount += pageCount;
        uint before = _byEnd.Find(Tag(page));
        if (before != 0)
        {
            ref FreeExtent extent = ref _slab.Ref<FreeExtent>(before);
            page = extent.Page;
            pageCount += extent.PageCount;
            Take(before);
        }

        uint after = _byBegin.Find(Tag(page + pageCount));
        if (after != 0)
        {
            pageCount += _slab.Ref<FreeExtent>(after).PageCount;
            Take(after);
        }

        Add(page, pageCount);
    }

    /// <inheritdoc/>
    public void VisitFree(Action<uint, uint> visit)
    {
        foreach (uint head in _heads)
        {
            for (uint i = head; i != 0; i = _slab.Ref<FreeExtent>(i).Next)
            {
                visit(_slab.Ref<FreeExtent>(i).Page, _slab.Ref<FreeExtent>(i).PageCount);
            }
        }
    }

    /// <summary>Gives the memory of the tables back; nothing may be called any more.</summary>
    public void ReturnMemory() => _slab.ReturnAll();

    // A bijection, so that equal tags are equal pages. Finalizer of MurmurHash3 (Appleby, public domain).
    private static uint Tag(uint page)
    {
        page = (page ^ (page >> 16)) * 0x85EBCA6B;
        page = (page ^ (page >> 13)) * 0xC2B2AE35;
        return page ^ (page >> 16);
    }

    private uint FindInClass(uint pageCount)
    {
        uint found = _heads[SizeClasses.Of(pageCount)];
        for (int i = 0; i < TriedCountMax && found != 0; i++)
        {
            ref FreeExtent extent = ref _slab.Ref<FreeExtent>(found);
            if (extent.PageCount >= pageCount)
            {
                return found;
            }

            found = extent.Next;
        }

        return 0;
    }

    private void Add(uint page, uint pageCount)
    {
        uint added = _slab.Allocate(FreeExtent.Granules);
        Invariant.Require(added != 0);
        int sizeClass = SizeClasses.Of(pageCount);
        uint head = _heads[sizeClass];
        _slab.Ref<FreeExtent>(added) = new FreeExtent { Page = page, PageCount = pageCount, Next = head };
        if (head != 0)
        {
            _slab.Ref<FreeExtent>(head).Previous = added;
        }
        else
        {
            _classes.Mark(sizeClass, used: true);
        }

        _heads[sizeClass] = added;
        Invariant.Require(_byBegin.Insert(Tag(page), added) && _byEnd.Insert(Tag(page + pageCount), added));
    }

    private void Take(uint taken)
    {
        FreeExtent extent = _slab.Ref<FreeExtent>(taken);
        if (extent.Next != 0)
        {
            _slab.Ref<FreeExtent>(extent.Next).Previous = extent.Previous;
        }

        if (extent.Previous != 0)
        {
            _slab.Ref<FreeExtent>(extent.Previous).Next = extent.Next;
        }
        else
        {
            int sizeClass = SizeClasses.Of(extent.PageCount);
            _heads[sizeClass] = extent.Next;
            if (extent.Next == 0)
            {
                _classes.Mark(sizeClass, used: false);
            }
        }

        bool found = _byBegin.Remove(Tag(extent.Page), taken) & _byEnd.Remove(Tag(extent.Page + extent.PageCount), taken);
        Invariant.Require(found);
        _slab.Free(taken);
    }
}
