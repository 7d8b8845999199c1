using System.Buffers;
using System.Text.Json;

namespace MemCache.MetaService;

/// <summary>Answer of <c>GET /api/v1/history</c>: a column for each figure, so that names are not repeated for each point.</summary>
internal static class HistoryJson
{
    private static readonly (string Name, Func<HistoryPoint, double> Read)[] Columns =
    [
        ("time_ms", point => point.TimeMs),
        ("capacity_bytes", point => point.CapacityBytes),
        ("used_bytes", point => point.UsedBytes),
        ("objects", point => point.ObjectCount),
        ("sessions", point => point.SessionCount),
        ("requests_per_second", point => point.RequestsPerSecond),
        ("get_keys_per_second", point => point.GetKeysPerSecond),
        ("put_keys_per_second", point => point.PutKeysPerSecond),
        ("exist_keys_per_second", point => point.ExistKeysPerSecond),
        ("lookup_hit_ratio", point => point.LookupHitRatio),
        ("exist_hit_ratio", point => point.ExistHitRatio),
        ("get_p50_us", point => point.GetP50),
        ("get_p99_us", point => point.GetP99),
        ("put_p50_us", point => point.PutP50),
        ("put_p99_us", point => point.PutP99),
        ("exist_p50_us", point => point.ExistP50),
        ("exist_p99_us", point => point.ExistP99),
        ("evicted_watermark_per_second", point => point.EvictedByWatermarkPerSecond),
        ("evicted_reserve_per_second", point => point.EvictedByReservePerSecond),
        ("rejected_per_second", point => point.RejectedPerSecond),
    ];

    /// <summary>Writes the points.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="range">The range's name.</param>
    /// <param name="stepMs">Milliseconds between two points.</param>
    /// <param name="nowMs">This process's time, so that a reader with another clock can tell what is recent.</param>
    /// <param name="points">Oldest first.</param>
    public static void Write(IBufferWriter<byte> output, string range, int stepMs, long nowMs, HistoryPoint[] points)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteBoolean("success", true);
        json.WriteString("range", range);
        json.WriteNumber("step_ms", stepMs);
        json.WriteNumber("now_ms", nowMs);
        json.WriteStartObject("columns");
        foreach ((string name, Func<HistoryPoint, double> read) in Columns)
        {
            json.WriteStartArray(name);
            foreach (HistoryPoint point in points)
            {
                Write(json, read(point));
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, double value)
    {
        if (double.IsNaN(value))
        {
            json.WriteNullValue();
        }
        else
        {
            // Four digits after the point are finer than a pixel, and a third of the bytes.
            json.WriteNumberValue(Math.Round(value, 4));
        }
    }
}
