using MemCache.Meta;
using Xunit;

namespace MemCache.UnitTests.Meta;

public class HazardTablesTests
{
    private const int Class = 5;
    private const int Sibling = 6;
    private const int Stranger = 24;

    [Fact]
    public void With_nothing_seen_older_blocks_pay_less_in_every_class()
    {
        HazardTables tables = new();

        for (int classIndex = 0; classIndex < BlockClass.Count; classIndex++)
        {
            for (int bin = 1; bin < AgeBins.Count; bin++)
            {
                Assert.True(RateOf(tables, classIndex, bin) < RateOf(tables, classIndex, bin - 1));
                Assert.Equal(RateOf(tables, 0, bin), RateOf(tables, classIndex, bin));
            }
        }
    }

    [Fact]
    public void A_few_observations_hardly_move_a_class_and_many_decide_it()
    {
        HazardTables few = new();
        HazardTables many = new();
        double before = few.HazardOf(Class, 3);
        Observe(few, Class, 3, events: 3, blockTicks: 6);
        Observe(many, Class, 3, events: 300_000, blockTicks: 600_000);

        Assert.InRange(few.HazardOf(Class, 3), before, before * 1.5);
        Assert.InRange(many.HazardOf(Class, 3), 0.38, 0.42);
    }

    [Fact]
    public void What_is_seen_of_one_class_counts_for_its_siblings_more_than_for_strangers()
    {
        HazardTables tables = new();
        double before = tables.HazardOf(Sibling, 3);
        Observe(tables, Class, 3, events: 2000, blockTicks: 4000);
        // The others are many and cold.
        for (int classIndex = 0; classIndex < BlockClass.Count; classIndex++)
        {
            tables.AddExposure(classIndex, 3, 1000);
        }

        double own = tables.HazardOf(Class, 3);
        double sibling = tables.HazardOf(Sibling, 3);
        double stranger = tables.HazardOf(Stranger, 3);
        Assert.True(own > sibling && sibling > stranger, $"{own} {sibling} {stranger}, before {before}");
    }

    [Fact]
    public void What_is_old_is_outweighed_by_what_is_new()
    {
        HazardTables tables = new();
        Observe(tables, Class, 3, events: 50_000, blockTicks: 100_000);
        double hot = tables.HazardOf(Class, 3);
        for (int i = 0; i < 12; i++)
        {
            tables.Halve();
        }

        double faded = tables.HazardOf(Class, 3);
        Observe(tables, Class, 3, events: 0, blockTicks: 100_000);

        Assert.True(faded < hot / 2, $"{faded} is not much less than {hot}");
        Assert.True(tables.HazardOf(Class, 3) < hot / 20);
    }

    [Fact]
    public void Young_blocks_are_kept_for_the_references_that_come_later()
    {
        HazardTables tables = new();
        // Nobody comes back in the first ticks, most come back in the fourth.
        for (int bin = 0; bin < AgeBins.Count; bin++)
        {
            Observe(tables, Class, bin, bin == 4 ? 80_000 : 0, 100_000);
            Observe(tables, Stranger, bin, 10_000, 100_000);
        }

        tables.Recompute();

        Assert.True(RateOf(tables, Class, 1) > RateOf(tables, Stranger, 1));
        Assert.True(RateOf(tables, Class, 5) < RateOf(tables, Stranger, 5));
        Assert.True(RateOf(tables, Class, 4) > RateOf(tables, Class, 1));
    }

    private static float RateOf(HazardTables tables, int classIndex, int bin) =>
        tables.Rates[classIndex * AgeBins.Count + bin];

    private static void Observe(HazardTables tables, int classIndex, int bin, int events, double blockTicks)
    {
        tables.AddExposure(classIndex, bin, blockTicks);
        for (int i = 0; i < events; i++)
        {
            tables.AddEvent(classIndex, bin);
        }
    }
}
