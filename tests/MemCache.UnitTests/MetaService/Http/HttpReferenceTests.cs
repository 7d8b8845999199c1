using System.Text;
using System.Text.Json;
using MemCache.MetaService;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>The table of the reference page and the OpenAPI document are what the calls say of themselves.</summary>
public class HttpReferenceTests
{
    private const string Page = "docs/reference/http.md";
    private const string Begin = "<!-- calls: made by HttpReferenceTests -->\n";
    private const string End = "<!-- end of calls -->\n";

    [Fact]
    public async Task The_table_of_the_reference_page_is_up_to_date()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        string path = Path.Combine(Root(), Page);
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        string wanted = page[..begin] + Table(f.Calls) + page[end..];
        if (Environment.GetEnvironmentVariable("MMC_TEST_REWRITE") == "1")
        {
            File.WriteAllText(path, wanted);
        }

        Assert.True(
            File.ReadAllText(path) == wanted,
            $"{Page} is out of date: MMC_TEST_REWRITE=1 ./mmc test UnitTests, and read the difference");
    }

    [Fact]
    public async Task The_open_api_document_has_every_call_with_its_parameters_and_shapes()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        JsonElement document = await f.GetAsync(OpenApiEndpoint.Path);
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString()!, StringComparison.Ordinal);
        Assert.All(f.Calls, call =>
        {
            JsonElement operation = document.GetProperty("paths").GetProperty(call.Path).GetProperty(call.Method.ToLowerInvariant());
            Assert.Equal(call.Summary, operation.GetProperty("summary").GetString());
            int count = operation.TryGetProperty("parameters", out JsonElement parameters) ? parameters.GetArrayLength() : 0;
            Assert.Equal(call.Parameters.Length, count);
        });
        JsonElement schema = document.GetProperty("components").GetProperty("schemas").GetProperty(nameof(QueryKeyReply));
        Assert.Equal(
            ["key", "size", "prot", "numBlobs", "valid", "blobs", "success", "error_message", "timestamp"],
            schema.GetProperty("properties").EnumerateObject().Select(property => property.Name).ToArray());
        JsonElement blob = schema.GetProperty("properties").GetProperty("blobs").GetProperty("items").GetProperty("properties");
        Assert.Equal("integer", blob.GetProperty("rank").GetProperty("type").GetString());
    }

    private static string Table(IEnumerable<HttpCall> calls)
    {
        var text = new StringBuilder("| call | needs | does |\n| --- | --- | --- |\n");
        foreach (HttpCall call in calls)
        {
            string query = string.Join('&', call.Parameters.Select(parameter => parameter.Name + "="));
            string right = call.Right.ToString().ToLowerInvariant();
            text.Append($"| `{call.Method} {call.Path}{(query.Length > 0 ? "?" + query : "")}` | {right} | {call.Summary}");
            foreach (HttpParameter parameter in call.Parameters)
            {
                text.Append($"<br>`{parameter.Name}`{(parameter.IsRequired ? " (needed)" : "")}: {parameter.Meaning}");
            }

            text.Append(" |\n");
        }

        return text.ToString();
    }

    private static string Root()
    {
        DirectoryInfo directory = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "MemCache.slnx")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}
