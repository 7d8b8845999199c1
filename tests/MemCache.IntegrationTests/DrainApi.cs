using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace MemCache.IntegrationTests;

/// <summary>The HTTP calls about drain jobs, as an operator's script makes them.</summary>
internal sealed class DrainApi(string metricsUrl) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(metricsUrl), Timeout = TimeSpan.FromSeconds(10) };

    public JsonElement Post(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = _http.PostAsync(path, content).GetAwaiter().GetResult();
        return Read(answer);
    }

    public JsonElement Get(string path)
    {
        using HttpResponseMessage answer = _http.GetAsync(path).GetAwaiter().GetResult();
        return Read(answer);
    }

    public string GetText(string path) => _http.GetStringAsync(path).GetAwaiter().GetResult();

    public string Begin(string segment, string policy = "move")
    {
        JsonElement job = Post("/api/v1/drain_jobs", $$"""{"segments": ["{{segment}}"], "policy": "{{policy}}"}""");
        Assert.True(job.GetProperty("success").GetBoolean(), job.GetRawText());
        return job.GetProperty("job_id").GetString()!;
    }

    public JsonElement Query(string job) => Get("/api/v1/drain_jobs/query?job_id=" + job);

    public string StatusOf(string segment) =>
        Get("/api/v1/segments/status?segment=" + segment).GetProperty("status_name").GetString()!;

    /// <summary>Waits until a job is in a state, doing something meanwhile.</summary>
    public JsonElement WaitFor(string job, string state, Action? meanwhile = null)
    {
        long start = Stopwatch.GetTimestamp();
        JsonElement now = Query(job);
        while (now.GetProperty("state").GetString() != state)
        {
            bool isOver = now.GetProperty("state").GetString() is "done" or "failed" or "cancelled";
            Assert.False(
                isOver || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(40), $"expected {state}: {now.GetRawText()}");
            meanwhile?.Invoke();
            Thread.Sleep(10);
            now = Query(job);
        }

        return now;
    }

    public void Dispose() => _http.Dispose();

    private static JsonElement Read(HttpResponseMessage answer)
    {
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        using JsonDocument document = JsonDocument.Parse(answer.Content.ReadAsStringAsync().GetAwaiter().GetResult());
        return document.RootElement.Clone();
    }
}
