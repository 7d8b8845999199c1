using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Serializers of all REST answers, generated.</summary>
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(RestError))]
[JsonSerializable(typeof(DrainJobRequest))]
[JsonSerializable(typeof(DrainJobReply))]
[JsonSerializable(typeof(SegmentStatusReply))]
internal sealed partial class RestJson : JsonSerializerContext;
