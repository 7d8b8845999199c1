using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MemCache.Meta;

/// <summary>
/// Cells of 8-byte granules in large chunks: the memory of records, index pages and free extents. A cell is named by 32 bits
/// (chunk, granule), 0 is no cell. Chunks hold cells of one size and go back to the pool when their last cell is freed, so key lengths
/// may change over time. Growing takes one chunk and copies nothing: no pause. Not thread-safe.
/// </summary>
internal sealed class Slab
{
    /// <summary>Unit of cell sizes and positions.</summary>
    public const int GranuleBytes = 8;

    /// <summary>Largest cell: an index page.</summary>
    public const int CellGranulesMax = 512;

    // The first 8 bytes of a free cell stay as they are (a record's state lies there); the link follows them.
    private const int LinkOffset = 8;

    private readonly ChunkPool _pool;
    private readonly int _granuleShift;
    private readonly uint _granuleMask;
    private readonly int[] _partial = new int[CellGranulesMax + 1];
    private readonly Stack<int> _freeIndexes = new();
    private Chunk?[] _chunks = new Chunk?[16];
    private View[] _views = new View[16];

    /// <summary>A slab that takes its chunks from <paramref name="pool"/>.</summary>
    public Slab(ChunkPool pool)
    {
        _pool = pool;
        _granuleShift = pool.ChunkShift - 3;
        _granuleMask = (1u << _granuleShift) - 1;
        _partial.AsSpan().Fill(-1);
    }

    private int ChunkIndexMax => (int)(uint.MaxValue >> _granuleShift);

    /// <summary>One behind the largest index of a chunk.</summary>
    public int ChunkCount { get; private set; }

    /// <summary>Bytes of cells that were ever handed out of the chunks in use: what the process has touched.</summary>
    public long TouchedBytes
    {
        get
        {
            long granules = 0;
            for (int i = 0; i < ChunkCount; i++)
            {
                granules += _chunks[i]?.NextGranule ?? 0;
            }

            return granules * GranuleBytes;
        }
    }

    /// <summary>Chunk <paramref name="index"/>, or <see langword="null"/>.</summary>
    public Chunk? ChunkAt(int index) => _chunks[index];

    /// <summary>Name of the cell at <paramref name="granule"/> of chunk <paramref name="chunkIndex"/>.</summary>
    public uint CellAt(int chunkIndex, int granule) => (uint)chunkIndex << _granuleShift | (uint)granule;

    /// <summary>A cell with undefined contents; 0 when there is no memory left.</summary>
    public uint Allocate(int granules)
    {
        int index = _partial[granules];
        if (index < 0 && (index = AddChunk(granules)) < 0)
        {
            return 0;
        }

        Chunk chunk = _chunks[index]!;
        int granule = chunk.FreeHead;
        if (granule != 0)
        {
            chunk.FreeHead = BinaryPrimitives.ReadInt32LittleEndian(
                chunk.Bytes.AsSpan(chunk.BaseIndex + granule * GranuleBytes + LinkOffset));
        }
        else
        {
            granule = chunk.NextGranule;
            chunk.NextGranule += granules;
        }

        chunk.LiveCount++;
        if (chunk.IsFull)
        {
            Unlink(chunk);
        }

        return CellAt(index, granule);
    }

    /// <summary>Frees a cell. Its first 8 bytes keep their contents until it is handed out again.</summary>
    public void Free(uint cell)
    {
        int index = (int)(cell >> _granuleShift);
        int granule = (int)(cell & _granuleMask);
        Chunk chunk = _chunks[index]!;
        bool wasFull = chunk.IsFull;
        BinaryPrimitives.WriteInt32LittleEndian(
            chunk.Bytes.AsSpan(chunk.BaseIndex + granule * GranuleBytes + LinkOffset), chunk.FreeHead);
        chunk.FreeHead = granule;
        chunk.LiveCount--;
        if (wasFull)
        {
            Link(chunk, index);
        }

        if (chunk.LiveCount == 0)
        {
            DropChunk(chunk, index);
        }
    }

    /// <summary>The cell seen as a <typeparamref name="T"/> that begins at its first byte.</summary>
    public ref T Ref<T>(uint cell) where T : struct, ICell =>
        ref MemoryMarshal.AsRef<T>(Bytes(cell, T.SizeBytes));

    /// <summary>The first <paramref name="length"/> bytes of a cell.</summary>
    public Span<byte> Bytes(uint cell, int length)
    {
        ref readonly View view = ref _views[(int)(cell >> _granuleShift)];
        return view.Bytes.AsSpan(view.BaseIndex + (int)(cell & _granuleMask) * GranuleBytes, length);
    }

    /// <summary>The bytes from the begin of a cell to the end of its chunk: for one look at parts of unknown length.</summary>
    public Span<byte> Tail(uint cell)
    {
        ref readonly View view = ref _views[(int)(cell >> _granuleShift)];
        return view.Bytes.AsSpan(view.BaseIndex + (int)(cell & _granuleMask) * GranuleBytes);
    }

    /// <summary>The chunk that a cell is in, and where in it the cell begins. It does not move.</summary>
    public byte[] Locate(uint cell, out int index)
    {
        ref readonly View view = ref _views[(int)(cell >> _granuleShift)];
        index = view.BaseIndex + (int)(cell & _granuleMask) * GranuleBytes;
        return view.Bytes!;
    }

    /// <summary>Whether <paramref name="cell"/>, a number from outside, names a cell that was handed out, of at most that size.</summary>
    public bool IsCell(uint cell, int granulesMin, int granulesMax)
    {
        int index = (int)(cell >> _granuleShift);
        if (index >= ChunkCount || _chunks[index] is not { } chunk
            || chunk.CellGranules < granulesMin || chunk.CellGranules > granulesMax)
        {
            return false;
        }

        int granule = (int)(cell & _granuleMask) - Chunk.AlignmentBytes / GranuleBytes;
        return granule >= 0 && granule % chunk.CellGranules == 0 && (int)(cell & _granuleMask) < chunk.NextGranule;
    }

    /// <summary>Gives all memory back; no cell may be used any more.</summary>
    public void ReturnAll()
    {
        for (int i = 0; i < ChunkCount; i++)
        {
            if (_chunks[i] is { } chunk)
            {
                _chunks[i] = null;
                _views[i] = default;
                _pool.Return(chunk);
            }
        }

        ChunkCount = 0;
    }

    private int AddChunk(int granules)
    {
        bool reused = _freeIndexes.TryPop(out int index);
        index = reused ? index : ChunkCount;
        if (index > ChunkIndexMax || _pool.Take() is not { } chunk)
        {
            if (reused)
            {
                _freeIndexes.Push(index);
            }

            return -1;
        }

        if (!reused && ++ChunkCount > _chunks.Length)
        {
            Array.Resize(ref _chunks, 2 * _chunks.Length);
            Array.Resize(ref _views, _chunks.Length);
        }

        chunk.Format(granules);
        _chunks[index] = chunk;
        _views[index] = new View(chunk.Bytes, chunk.BaseIndex);
        Link(chunk, index);
        return index;
    }

    private void DropChunk(Chunk chunk, int index)
    {
        Unlink(chunk);
        _chunks[index] = null;
        _views[index] = default;
        _freeIndexes.Push(index);
        _pool.Return(chunk);
    }

    private void Link(Chunk chunk, int index)
    {
        int head = _partial[chunk.CellGranules];
        chunk.PreviousPartial = -1;
        chunk.NextPartial = head;
        if (head >= 0)
        {
            _chunks[head]!.PreviousPartial = index;
        }

        _partial[chunk.CellGranules] = index;
    }

    private void Unlink(Chunk chunk)
    {
        if (chunk.PreviousPartial >= 0)
        {
            _chunks[chunk.PreviousPartial]!.NextPartial = chunk.NextPartial;
        }
        else
        {
            _partial[chunk.CellGranules] = chunk.NextPartial;
        }

        if (chunk.NextPartial >= 0)
        {
            _chunks[chunk.NextPartial]!.PreviousPartial = chunk.PreviousPartial;
        }

        chunk.PreviousPartial = -1;
        chunk.NextPartial = -1;
    }

    // What a look at a cell needs, in one place.
    private readonly record struct View(byte[]? Bytes, int BaseIndex);
}
