using MemCache.Cli;
using Xunit;

namespace MemCache.UnitTests;

public sealed class TraceReaderTests
{
    [Fact]
    public void Reads_requests_in_order_and_ignores_unknown_fields_and_empty_lines()
    {
        List<TraceRequest> requests = Read(
            """{"timestamp": 0, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1, 2]}""",
            "",
            """{"hash_ids": [18446744073709551615], "user": {"name": ["x"]}, "timestamp": 12.5}""",
            """{"timestamp": 27, "hash_ids": []}""");

        Assert.Equal(3, requests.Count);
        Assert.Equal([0UL, 1, 2], requests[0].HashIds);
        Assert.Equal(12.5, requests[1].TimestampMs);
        Assert.Equal([ulong.MaxValue], requests[1].HashIds);
        Assert.Empty(requests[2].HashIds);
    }

    [Theory]
    [InlineData("""{"timestamp": 0, "hash_ids": [1, "abc"]}""", "t.jsonl:2: field \"hash_ids\": entry 1: ", "\"abc\"")]
    [InlineData("""{"timestamp": 0, "hash_ids": [1, -2]}""", "t.jsonl:2: field \"hash_ids\": entry 1: ", "-2")]
    [InlineData("""{"timestamp": 0, "hash_ids": [1.5]}""", "t.jsonl:2: field \"hash_ids\": entry 0: ", "1.5")]
    [InlineData("""{"timestamp": 0, "hash_ids": 7}""", "t.jsonl:2: field \"hash_ids\": ", "expected an array, found 7")]
    [InlineData("""{"timestamp": 0}""", "t.jsonl:2: field \"hash_ids\": ", "missing")]
    [InlineData("""{"hash_ids": []}""", "t.jsonl:2: field \"timestamp\": ", "missing")]
    [InlineData("""{"timestamp": -1, "hash_ids": []}""", "t.jsonl:2: field \"timestamp\": ", "-1")]
    [InlineData("""{"timestamp": "0", "hash_ids": []}""", "t.jsonl:2: field \"timestamp\": ", "\"0\"")]
    [InlineData("""{"timestamp": 0, "input_length": null}""", "t.jsonl:2: field \"input_length\": ", "null")]
    [InlineData("""[1, 2]""", "t.jsonl:2: ", "expected a JSON object")]
    [InlineData("""{"timestamp": 0, "hash_ids": [1""", "t.jsonl:2: ", "not a JSON object")]
    [InlineData("""{"timestamp": 0, "hash_ids": [1]} {""", "t.jsonl:2: ", "not a JSON object")]
    [InlineData("""hello""", "t.jsonl:2: ", "not a JSON object")]
    public void Names_file_line_and_field_of_what_is_wrong(string line, string where, string what)
    {
        TraceFormatException error = Assert.Throws<TraceFormatException>(
            () => Read("""{"timestamp": 0, "hash_ids": [1]}""", line));

        Assert.StartsWith(where, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_request_with_more_blocks_than_one_batch_holds()
    {
        string ids = string.Join(',', Enumerable.Range(0, MemCache.Core.Limits.BatchCountMax + 1));

        TraceFormatException error = Assert.Throws<TraceFormatException>(
            () => Read($$"""{"timestamp": 0, "hash_ids": [{{ids}}]}"""));

        Assert.Contains("16385 blocks", error.Message, StringComparison.Ordinal);
    }

    private static List<TraceRequest> Read(params string[] lines) =>
        TraceReader.Read(new StringReader(string.Join('\n', lines)), "t.jsonl");
}
