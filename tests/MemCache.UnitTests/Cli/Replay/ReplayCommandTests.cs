using System.CommandLine;
using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class ReplayCommandTests
{
    [Theory]
    [InlineData("", "--trace FILE or --workload NAME is needed")]
    [InlineData("--workload nope", "--workload nope: the names are")]
    [InlineData("--workload chat --policies lru,best", "--policies best: the names are")]
    [InlineData("--workload chat --capacities 100,0", "--capacities 0: expected numbers of blocks")]
    [InlineData("--workload chat --capacities 5k", "--capacities 5k: expected numbers of blocks")]
    [InlineData("--workload chat --capacities ,", "expected 1 .. 64 numbers of blocks")]
    [InlineData("--workload zipf0.7 --trace x.jsonl", "makes its own requests")]
    public void A_wrong_argument_is_named_with_what_is_legal(string arguments, string message)
    {
        ParseResult parsed = ReplayCommand.Create().Parse(arguments);

        Assert.Contains(parsed.Errors, error => error.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--workload chat")]
    [InlineData("--trace x.jsonl --policies reuse --capacities 5000,10000 --mrc --json --block 8784KB")]
    [InlineData("--trace x.jsonl --workload shuffled --seed 3")]
    public void Legal_arguments_are_taken(string arguments) => Assert.Empty(ReplayCommand.Create().Parse(arguments).Errors);

    [Fact]
    public async Task A_missing_file_is_an_error_of_the_input()
    {
        int code = await ReplayCommand.Create().Parse("--trace /nowhere/x.jsonl")
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(2, code);
    }
}
