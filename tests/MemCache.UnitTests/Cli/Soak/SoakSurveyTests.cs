using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class SoakSurveyTests
{
    [Fact]
    public void Survives_its_way_as_a_line()
    {
        var survey = new SoakSurvey(3, 5, 1L << 40);

        Assert.Equal(survey, SoakSurvey.Parse(survey.ToLine()));
    }

    [Fact]
    public void Families_of_keys_do_not_meet()
    {
        ulong[] ids = [.. SoakWorkload.Blocks, .. SoakWorkload.LargeBlocks, .. SoakWorkload.Smalls];

        Assert.Equal(ids.Length, ids.Distinct().Count());
    }
}
