using MemCache.Core;
using MemCache.LocalService;
using MemCache.Testing;
using Xunit;

namespace MemCache.UnitTests.LocalService;

public class AddressIndexTests
{
    private static readonly SegmentUuid Uuid = new(1);

    [Fact]
    public void Finds_the_blob_that_an_address_lies_in()
    {
        var index = new AddressIndex();
        KnownBlob blob = Blob(0, 1, 8192, 5000);
        index.Add(blob);
        Assert.Same(blob, index.Find(blob.Address));
        Assert.Same(blob, index.Find(blob.Address.Add(4999)));
        // The rest of its last page is its own too, though not to be read.
        Assert.Same(blob, index.Find(blob.Address.Add(8191)));
        Assert.Null(index.Find(blob.Address.Add(8192)));
        Assert.Null(index.Find(blob.Address.Add(-1)));
        Assert.Null(index.Find(Blob(0, 2, 8192, 5000).Address));
        Assert.Null(index.Find(default));
        Assert.True(blob.Contains(blob.Address.Add(4999), 1));
        Assert.False(blob.Contains(blob.Address.Add(4999), 2));
        Assert.False(blob.Contains(blob.Address, 5001));
        Assert.False(blob.Contains(blob.Address, 0));
        Assert.False(blob.Contains(blob.Address.Add(-1), 1));
        Assert.False(blob.Contains(blob.Address.Add(1), long.MaxValue));
    }

    [Fact]
    public void What_is_added_replaces_what_it_overlaps()
    {
        var index = new AddressIndex();
        for (int i = 0; i < 8; i++)
        {
            index.Add(Blob(0, 1, i * 4096, 4096));
        }

        KnownBlob large = Blob(0, 1 + 2047, 4096 * 2, 4096 * 3);
        index.Add(large);
        Assert.Equal(6, index.Count);
        Assert.Same(large, index.Find(Blob(0, 1, 4096 * 4, 1).Address));
        KnownBlob small = Blob(0, 1, 4096 * 3, 10);
        index.Add(small);
        Assert.Null(index.Find(large.Address));
        Assert.Same(small, index.Find(small.Address));
        index.Remove(large);
        Assert.Equal(6, index.Count);
    }

    [Fact]
    public void Agrees_with_a_plain_list_whatever_is_added_and_removed()
    {
        var random = new SplitMix64(11);
        var index = new AddressIndex();
        var plain = new List<KnownBlob>();
        for (int step = 0; step < 30_000; step++)
        {
            KnownBlob blob = Blob((ushort)random.Below(3), 1 + random.Next() % 4, random.Below(4000) * 4096, 1 + random.Below(20_000));
            if (random.Below(4) == 0 && plain.Count > 0)
            {
                blob = plain[(int)random.Below(plain.Count)];
                plain.Remove(blob);
                index.Remove(blob);
            }
            else
            {
                plain.RemoveAll(other => other.Address.Value < blob.PagesEnd && blob.Address.Value < other.PagesEnd);
                plain.Add(blob);
                index.Add(blob);
            }

            Assert.Equal(plain.Count, index.Count);
            GlobalAddress probe = Blob((ushort)random.Below(3), 1 + random.Next() % 4, random.Below(4000) * 4096, 1).Address.Add(random.Below(4096));
            KnownBlob? expected = plain.Find(b => b.Address.Value <= probe.Value && probe.Value < b.PagesEnd);
            Assert.Same(expected, index.Find(probe));
        }

        Assert.True(plain.Count > 1000, "too few for several chunks");
        Assert.Equal(0, SteadyState.AllocatedBytes(10_000, i => index.Find(plain[i % plain.Count].Address)));
    }

    private static KnownBlob Blob(ushort segment, ulong generation, long offset, long sizeBytes)
    {
        var blob = new BlobLocation(new SegmentId(segment), 0, generation, offset, sizeBytes);
        return new KnownBlob(null!, Uuid, new GlobalAddress(Uuid, blob), blob);
    }
}
