using System.Reflection;
using Xunit;

namespace MemCache.TidyTests;

/// <summary>A change of what a library offers shows in a file that reviewers read.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Libraries => ["Core", "Interop", "Protocol", "Meta", "Fabric", "LocalService", "DistributedCache"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_the_one_that_was_agreed_on(string library)
    {
        string text = PublicApi.Describe(Assembly.Load($"MemCache.{library}"));

        Assert.Null(Repository.Compare($"tests/MemCache.TidyTests/PublicApi/PublicApi.{library}.txt", text));
    }
}
