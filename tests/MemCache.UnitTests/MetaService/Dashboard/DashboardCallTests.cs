using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;

namespace MemCache.UnitTests.MetaService;

public class DashboardCallTests
{
    [Fact]
    public async Task Page_needs_no_token_and_allows_nothing_from_elsewhere()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "0123456789abcdef0123456789abcdef", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using HttpFixture f = await HttpFixture.StartAsync(options =>
        {
            options.HttpTokenPath = file;
            options.HttpOpen = "none";
        });
        using HttpResponseMessage page = await f.SendAsync(HttpMethod.Get, "/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        string policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        string text = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("://", text.Replace("http://www.w3.org/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await f.StatusAsync(HttpMethod.Get, "/dashboard/app.js"));
        Assert.Equal(HttpStatusCode.NotFound, await f.StatusAsync(HttpMethod.Get, "/dashboard/other.js"));
        Assert.Equal(HttpStatusCode.Unauthorized, await f.StatusAsync(HttpMethod.Get, "/api/v1/overview"));
        Assert.Equal(HttpStatusCode.Unauthorized, await f.StatusAsync(HttpMethod.Get, "/api/v1/history"));
        File.Delete(file);
    }

    [Fact]
    public async Task Files_of_the_page_travel_compressed_and_only_once()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using HttpResponseMessage plain = await f.SendAsync(HttpMethod.Get, "/dashboard/page.css");
        Assert.Equal("text/css", plain.Content.Headers.ContentType!.MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/dashboard/page.css");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using HttpResponseMessage small = await f.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("gzip", Assert.Single(small.Content.Headers.ContentEncoding));
        Assert.True(small.Content.Headers.ContentLength < plain.Content.Headers.ContentLength / 2);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/dashboard/page.css");
        again.Headers.IfNoneMatch.Add(plain.Headers.ETag!);
        using HttpResponseMessage none = await f.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, none.StatusCode);
        Assert.Empty(await none.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Overview_history_and_events_tell_of_a_rank_that_joined()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using var client = f.Fill("one", "two");
        JsonElement overview = await f.GetAsync("/api/v1/overview");
        Assert.Equal("leader", overview.GetProperty("role").GetString());
        Assert.Equal(2, overview.GetProperty("objects").GetInt64());
        JsonElement segment = Assert.Single(overview.GetProperty("segments").EnumerateArray());
        Assert.Equal("rank-0-dram", segment.GetProperty("segment").GetString());
        Assert.Equal("ok", segment.GetProperty("state").GetString());
        Assert.Equal(2 * 4096, segment.GetProperty("used_bytes").GetInt64());

        JsonElement events = await f.GetAsync("/api/v1/events?after=0");
        JsonElement joined = events.GetProperty("events").EnumerateArray().First(one => one.GetProperty("kind").GetString() == "joined");
        Assert.Equal("rank-0", joined.GetProperty("fields").GetProperty("Rank").GetString());
        long last = events.GetProperty("last_id").GetInt64();
        Assert.Equal(0, (await f.GetAsync($"/api/v1/events?after={last}")).GetProperty("events").GetArrayLength());

        f.Pool.Server.Sample();
        JsonElement history = await f.GetAsync("/api/v1/history?range=1h&after=0");
        Assert.Equal(10_000, history.GetProperty("step_ms").GetInt32());
        JsonElement columns = history.GetProperty("columns");
        int count = columns.GetProperty("time_ms").GetArrayLength();
        Assert.All(columns.EnumerateObject(), column => Assert.Equal(count, column.Value.GetArrayLength()));
    }

    [Theory]
    [InlineData("/api/v1/history?range=2h")]
    [InlineData("/api/v1/history?after=-1")]
    [InlineData("/api/v1/history?after=99999999999999999999")]
    [InlineData("/api/v1/history?range=1h&range=5m")]
    [InlineData("/api/v1/events?after=x")]
    public async Task Parameters_that_are_not_legal_are_refused_in_words(string path)
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        JsonElement answer = await f.GetAsync(path);
        Assert.False(answer.GetProperty("success").GetBoolean());
        Assert.NotEmpty(answer.GetProperty("error_message").GetString()!);
    }
}
