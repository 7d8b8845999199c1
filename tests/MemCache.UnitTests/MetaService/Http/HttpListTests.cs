using System.Text.Json;
using MemCache.Core;
using MemCache.Fabric;
using MemCache.Protocol;
using Xunit;

namespace MemCache.UnitTests.MetaService;

/// <summary>Lists of objects: whole, in pages, filtered.</summary>
public class HttpListTests
{
    [Fact]
    public async Task All_keys_come_once_as_a_stream_and_in_pages()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        string[] keys = [.. Enumerable.Range(0, 500).Select(i => $"k{i:d3}-{new string('x', i % 200)}")];
        using MetaConnection client = f.Fill(keys);
        string all = await f.TextAsync("/get_all_keys");
        Assert.Equal(keys.Order(StringComparer.Ordinal), all.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));

        List<string> paged = [];
        string after = "";
        do
        {
            using HttpResponseMessage page = await f.SendAsync(HttpMethod.Get, "/get_all_keys?limit=37&after=" + after);
            string text = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            paged.AddRange(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            after = page.Headers.TryGetValues("X-Next-After", out IEnumerable<string>? next) ? next.Single() : "";
        }
        while (after.Length > 0);
        Assert.Equal(keys.Order(StringComparer.Ordinal), paged.Order(StringComparer.Ordinal));
        Assert.Equal("k007-xxxxxxx\n", await f.TextAsync("/get_all_keys?prefix=k007"));
    }

    [Fact]
    public async Task A_page_of_objects_says_what_they_are_and_where_to_go_on()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a", "b", "c");
        JsonElement page = await f.GetAsync("/api/v1/keys?limit=2");
        Assert.Equal(2, page.GetProperty("keys").GetArrayLength());
        JsonElement rest = await f.GetAsync("/api/v1/keys?limit=2&after=" + page.GetProperty("next").GetString());
        JsonElement last = Assert.Single(rest.GetProperty("keys").EnumerateArray());
        Assert.Equal(4096, last.GetProperty("size").GetInt64());
        Assert.Equal("dram", last.GetProperty("medium").GetString());
        Assert.Equal(1, last.GetProperty("replicas").GetInt32());
        Assert.Equal("", rest.GetProperty("next").GetString());
    }

    [Theory]
    [InlineData("/api/v1/keys?limit=0", "'limit' is not legal")]
    [InlineData("/api/v1/keys?limit=10001", "'limit' is not legal")]
    [InlineData("/api/v1/keys?limit=-1", "'limit' is not legal")]
    [InlineData("/api/v1/keys?after=nonsense", "'after' is not legal")]
    [InlineData("/api/v1/keys?after=0123456789abcdef-0-0-0", "another run")]
    public async Task Parameters_out_of_their_bounds_are_named(string path, string expected)
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        JsonElement failure = await f.GetAsync(path);
        Assert.Contains(expected, failure.GetProperty("error_message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_place_of_this_run_is_safe_to_ask_for()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a", "b", "c");
        foreach (string place in (string[])["0-0-1", "0-7fffffff-7fffffff", "7fffffff-0-0", "f-0-7fffffff", "3-1-3", "0-1-fff"])
        {
            JsonElement page = await f.GetAsync($"/api/v1/keys?after={f.Pool.Server.InstanceText}-{place}");
            Assert.True(page.GetProperty("success").GetBoolean(), page.GetRawText());
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_text_come_through_and_a_line_end_does_not_end_a_line()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("a\nb");
        PutBytes(client, [0xFF, 0x00, (byte)'/']);
        Assert.Equal(0, (await f.GetAsync("/query_key?key=%FF")).GetProperty("size").GetInt64());
        Assert.Equal(4096, (await f.GetAsync("/query_key?key=%FF%00/")).GetProperty("size").GetInt64());
        JsonElement page = await f.GetAsync("/api/v1/keys?prefix=%FF");
        Assert.Equal("%FF%00%2F", Assert.Single(page.GetProperty("keys").EnumerateArray()).GetProperty("key_escaped").GetString());
        Assert.Equal("a%0Ab\n", await f.TextAsync("/get_all_keys?prefix=a"));
    }

    [Fact]
    public async Task Objects_that_are_held_are_listed_with_who_holds_them()
    {
        await using HttpFixture f = await HttpFixture.StartAsync();
        using MetaConnection client = f.Fill("free", "read", "kept");
        Lookup(client, "read");
        AddLease(client, "kept");
        JsonElement leases = await f.GetAsync("/api/v1/leases");
        JsonElement[] objects = [.. leases.GetProperty("objects").EnumerateArray().OrderBy(o => o.GetProperty("key").GetString())];
        Assert.Equal(["kept", "read"], objects.Select(o => o.GetProperty("key").GetString()));
        JsonElement holder = Assert.Single(objects[0].GetProperty("holders").EnumerateArray());
        Assert.Equal(0, holder.GetProperty("rank").GetInt32());
        Assert.True(holder.GetProperty("end_ms").GetInt64() > 0);
        Assert.Equal(1, objects[1].GetProperty("readers").GetInt32());
        Assert.Equal(MmcStatus.Ok, Remove(client, "read"));
        leases = await f.GetAsync("/api/v1/leases?prefix=read");
        Assert.Equal("removing", Assert.Single(leases.GetProperty("objects").EnumerateArray()).GetProperty("state").GetString());
    }

    private static void PutBytes(MetaConnection client, byte[] key)
    {
        var batch = new KeyBatch();
        batch.Add(key);
        int length = ReserveRequest.Encode(
            client.Payload(ReserveRequest.SizeBytes(0, batch.Spans)), default, batch.Spans, [4096], default, Medium.Dram);
        Assert.Equal(MmcStatus.Ok, client.Call(Opcode.Reserve, length, ServerFixture.Soon, out ReadOnlySpan<byte> payload));
        Assert.True(LocationsReply.TryDecode(payload, 1, out LocationsReply reply));
        ObjectLocation reserved = reply.Objects[0];
        Assert.Equal(MmcStatus.Ok, reserved.Status);
        ulong generation = reply.ReplicasOf(0)[0].Generation;
        Assert.Equal(MmcStatus.Ok, ServerFixture.Commit(client, reserved, generation));
    }

    private static void Lookup(MetaConnection client, string key)
    {
        KeySpans keys = new KeyBatch(key).Spans;
        int length = LookupRequest.Encode(client.Payload(LookupRequest.SizeBytes(0, keys)), default, keys, 60_000);
        Assert.Equal(MmcStatus.Ok, client.Call(Opcode.Lookup, length, ServerFixture.Soon, out _));
    }

    private static void AddLease(MetaConnection client, string key)
    {
        KeySpans keys = new KeyBatch(key).Spans;
        int length = LookupRequest.Encode(client.Payload(LookupRequest.SizeBytes(0, keys)), default, keys, 60_000);
        Assert.Equal(MmcStatus.Ok, client.Call(Opcode.AddLease, length, ServerFixture.Soon, out _));
    }

    private static MmcStatus Remove(MetaConnection client, string key)
    {
        KeySpans keys = new KeyBatch(key).Spans;
        int length = KeysRequest.Encode(client.Payload(KeysRequest.SizeBytes(0, keys)), default, keys);
        Assert.Equal(MmcStatus.Ok, client.Call(Opcode.Remove, length, ServerFixture.Soon, out ReadOnlySpan<byte> payload));
        Assert.True(StatusesReply.TryDecode(payload, 1, out ReadOnlySpan<MmcStatus> statuses));
        return statuses[0];
    }
}
