using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Serializers of all REST answers, generated.</summary>
[JsonSerializable(typeof(HealthReply))]
internal sealed partial class RestJson : JsonSerializerContext;
