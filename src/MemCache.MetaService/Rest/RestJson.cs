using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Serializers of all REST answers, generated.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(LeaderReply))]
[JsonSerializable(typeof(RestError))]
[JsonSerializable(typeof(DrainJobRequest))]
[JsonSerializable(typeof(DrainJobReply))]
[JsonSerializable(typeof(SegmentStatusReply))]
[JsonSerializable(typeof(SegmentReply))]
[JsonSerializable(typeof(SegmentRemainingReply))]
[JsonSerializable(typeof(CapacityUsageReply))]
[JsonSerializable(typeof(QueryKeyReply))]
[JsonSerializable(typeof(BatchQueryReply))]
[JsonSerializable(typeof(KeysReply))]
[JsonSerializable(typeof(LeasesReply))]
[JsonSerializable(typeof(RanksReply))]
[JsonSerializable(typeof(TraceRowsReply))]
[JsonSerializable(typeof(CurveReply))]
[JsonSerializable(typeof(RemovedReply))]
[JsonSerializable(typeof(OverviewReply))]
[JsonSerializable(typeof(HistoryReply))]
[JsonSerializable(typeof(EventsReply))]
internal sealed partial class RestJson : JsonSerializerContext;
