using System.Buffers;
using System.Text;
using MemCache.Core;
using MemCache.Meta;

namespace MemCache.MetaService;

/// <summary>
/// What <c>GET /metrics</c> shows: the names that existing dashboards use, then what an operator needs beyond. Its
/// cost grows with the ranks, never with the objects, and it holds no lock longer than it takes to copy a few
/// counters.
/// </summary>
internal static partial class MetricsPage
{
    private const int PageBytesTypical = 128 << 10;

    /// <summary>The page as it is now, as text.</summary>
    public static string Format(MetaServer server)
    {
        var output = new ArrayBufferWriter<byte>(PageBytesTypical);
        Write(server, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Writes the page as it is now, in UTF-8.</summary>
    public static void Write(MetaServer server, IBufferWriter<byte> output) => _ = WriteAll(server, output);

    /// <summary>Everything that the page can show, whether there are values or not.</summary>
    public static IReadOnlyList<MetricFamily> Families(MetaServer server) =>
        WriteAll(server, new ArrayBufferWriter<byte>(PageBytesTypical)).Families;

    private static PrometheusText WriteAll(MetaServer server, IBufferWriter<byte> output)
    {
        var text = new PrometheusText(output);
        MetaEngineStats stats = server.ReadStats();
        WriteRequests(text, server);
        WriteSpace(text, stats);
        WriteRanks(text, server, stats);
        WriteObjects(text, stats);
        WritePriorities(text, stats);
        WriteReuse(text, server, stats);
        WriteMoves(text, server, stats);
        WriteSessions(text, server, stats);
        WriteClients(text, server.Reports);
        WriteProcess(text, server);
        return text;
    }

    private static string SegmentLabel(in SegmentStats segment) =>
        $"segment=\"{SegmentName.Format(segment.Rank, segment.Medium)}\"";

    private static string MediumLabel(Medium medium) => medium switch
    {
        Medium.Hbm => "medium=\"hbm\"",
        Medium.Dram => "medium=\"dram\"",
        _ => "medium=\"ssd\"",
    };
}
