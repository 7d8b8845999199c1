using System.Text.Json.Serialization;

namespace MemCache.MetaService;

/// <summary>Serializers of the dashboard's answers, generated.</summary>
[JsonSerializable(typeof(OverviewReply))]
[JsonSerializable(typeof(EventsReply))]
internal sealed partial class DashboardJson : JsonSerializerContext;
