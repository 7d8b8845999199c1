using System.Text.Json.Serialization;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>A drain job as <c>/api/v1/drain_jobs</c> shows it.</summary>
internal sealed record DrainJobReply(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("job_id")] string JobId,
    [property: JsonPropertyName("segments")] string[] Segments,
    [property: JsonPropertyName("policy")] string Policy,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("moved_objects")] long MovedObjects,
    [property: JsonPropertyName("moved_bytes")] long MovedBytes,
    [property: JsonPropertyName("remaining_objects")] long RemainingObjects,
    [property: JsonPropertyName("error")] string Error)
{
    /// <summary>The job as it is now.</summary>
    public static DrainJobReply Of(DrainJob job) => new(
        Success: true, job.Id, [.. job.Segments.Select(segment => segment.Name)],
        job.Policy == DrainPolicy.Move ? "move" : "drop", NameOf(job.State), job.MovedCount, job.MovedBytes,
        job.RemainingCount, job.Error);

    /// <summary>A state as JSON names it.</summary>
    public static string NameOf(DrainState state) => state switch
    {
        DrainState.Pending => "pending",
        DrainState.Running => "running",
        DrainState.Done => "done",
        DrainState.Failed => "failed",
        _ => "cancelled",
    };
}
