using MemCache.Core;

namespace MemCache.LocalService;

/// <summary>
/// Blobs by address, for finding the one that an address lies in: sorted arrays of at most 512, so that adding moves
/// few entries whatever their number. No two overlap: what is added replaces what was there. Not thread-safe. Finding
/// allocates nothing.
/// </summary>
internal sealed class AddressIndex
{
    private const int ChunkCountMax = 512;

    // In the order of their first addresses; none is empty.
    private readonly List<Chunk> _chunks = [];

    /// <summary>Number of blobs.</summary>
    public int Count { get; private set; }

    /// <summary>The blob whose pages the address lies in.</summary>
    public KnownBlob? Find(GlobalAddress address)
    {
        KnownBlob? blob = Floor(address.Value, out _, out _);
        return blob is not null && address.Value < blob.PagesEnd ? blob : null;
    }

    /// <summary>Adds a blob, in place of those whose addresses it takes.</summary>
    public void Add(KnownBlob blob)
    {
        while (Floor(blob.PagesEnd - 1, out _, out _) is { } other && other.PagesEnd > blob.Address.Value)
        {
            Remove(other);
        }

        Insert(blob);
        Count++;
    }

    /// <summary>Takes a blob out, if it is there.</summary>
    public void Remove(KnownBlob blob)
    {
        if (Floor(blob.Address.Value, out int chunkIndex, out int index) != blob)
        {
            return;
        }

        Chunk chunk = _chunks[chunkIndex];
        chunk.RemoveAt(index);
        Count--;
        if (chunk.Count == 0)
        {
            _chunks.RemoveAt(chunkIndex);
        }
    }

    private KnownBlob? Floor(ulong address, out int chunkIndex, out int index)
    {
        index = -1;
        chunkIndex = ChunkOf(address);
        if (chunkIndex < 0)
        {
            return null;
        }

        Chunk chunk = _chunks[chunkIndex];
        index = chunk.Floor(address);
        return chunk.Blobs[index];
    }

    /// <summary>The last chunk that begins at or before the address; -1: none does.</summary>
    private int ChunkOf(ulong address)
    {
        int low = 0;
        int high = _chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_chunks[middle].Bases[0] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    private void Insert(KnownBlob blob)
    {
        int chunkIndex = Math.Max(ChunkOf(blob.Address.Value), 0);
        if (_chunks.Count == 0)
        {
            _chunks.Add(new Chunk());
        }

        Chunk chunk = _chunks[chunkIndex];
        if (chunk.Count == ChunkCountMax)
        {
            _chunks.Insert(chunkIndex + 1, chunk.Split());
            chunk = blob.Address.Value < _chunks[chunkIndex + 1].Bases[0] ? chunk : _chunks[chunkIndex + 1];
        }

        chunk.Insert(chunk.Floor(blob.Address.Value) + 1, blob);
    }

    private sealed class Chunk
    {
        public readonly ulong[] Bases = new ulong[ChunkCountMax];
        public readonly KnownBlob?[] Blobs = new KnownBlob?[ChunkCountMax];

        public int Count { get; private set; }

        /// <summary>The last entry at or before the address; -1: none is.</summary>
        public int Floor(ulong address)
        {
            int index = Array.BinarySearch(Bases, 0, Count, address);
            return index >= 0 ? index : ~index - 1;
        }

        public void Insert(int index, KnownBlob blob)
        {
            Array.Copy(Bases, index, Bases, index + 1, Count - index);
            Array.Copy(Blobs, index, Blobs, index + 1, Count - index);
            Bases[index] = blob.Address.Value;
            Blobs[index] = blob;
            Count++;
        }

        public void RemoveAt(int index)
        {
            Count--;
            Array.Copy(Bases, index + 1, Bases, index, Count - index);
            Array.Copy(Blobs, index + 1, Blobs, index, Count - index);
            Blobs[Count] = null;
        }

        public Chunk Split()
        {
            var upper = new Chunk { Count = Count / 2 };
            int begin = Count - upper.Count;
            Array.Copy(Bases, begin, upper.Bases, 0, upper.Count);
            Array.Copy(Blobs, begin, upper.Blobs, 0, upper.Count);
            Array.Clear(Blobs, begin, upper.Count);
            Count = begin;
            return upper;
        }
    }
}
