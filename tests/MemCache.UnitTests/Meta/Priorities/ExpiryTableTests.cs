using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

/// <summary>The table of ends beside the records, against a plain reference.</summary>
public sealed class ExpiryTableTests
{
    [Fact]
    public void It_agrees_with_a_dictionary_over_many_changes()
    {
        Random random = new(5);
        ExpiryTable table = new(new Slab(new ChunkPool(18)));
        Dictionary<uint, uint> reference = [];
        uint[] records = [.. Enumerable.Range(1, 4000).Select(i => (uint)i * 17)];
        uint[] room = new uint[512];
        long nowMs = 0;
        for (int step = 0; step < 60_000; step++)
        {
            uint record = records[random.Next(records.Length)];
            switch (random.Next(4))
            {
                case 0 or 1:
                    uint end = ExpiryTable.UnitOf(random.Next(1, 100_000), nowMs);
                    Assert.True(table.TrySet(record, end));
                    reference[record] = end;
                    break;
                case 2 when reference.Remove(record):
                    table.Remove(record);
                    break;
                default:
                    nowMs += random.Next(4);
                    int count = table.TakeEnded(room, 4, nowMs);
                    foreach (uint ended in room[..count].Distinct())
                    {
                        Assert.True(reference[ended] <= nowMs / ExpiryTable.UnitMs);
                        Assert.True(table.HasEnded(ended, nowMs));
                        table.Remove(ended);
                        reference.Remove(ended);
                    }

                    break;
            }

            Assert.Equal(reference.Count, table.Count);
        }

        nowMs += 1_000_000;
        for (int i = 0; i < 10_000 && table.Count > 0; i++)
        {
            int count = table.TakeEnded(room, 4, nowMs);
            Assert.All(room[..count], table.Remove);
        }

        Assert.Equal(0, table.Count);
        Assert.False(table.IsDue(nowMs + 1_000_000));
    }
}
