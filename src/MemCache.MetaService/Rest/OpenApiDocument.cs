using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace MemCache.MetaService;

/// <summary>
/// Writes an OpenAPI 3.1 document, whose schemas are JSON Schema as the base library makes it. Why not by a package:
/// docs/design/http-api.md.
/// </summary>
internal static class OpenApiDocument
{
    private const string JsonType = "application/json";

    private static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true };

    /// <summary>The document of these calls.</summary>
    public static byte[] Make(IEnumerable<HttpCall> calls)
    {
        var schemas = new JsonObject { [nameof(RestError)] = SchemaOf(RestJson.Default.RestError) };
        var paths = new JsonObject();
        foreach (HttpCall call in calls)
        {
            if (paths[call.Path] is not JsonObject path)
            {
                paths[call.Path] = path = [];
            }

            path[call.Method.ToLowerInvariant()] = Operation(call, schemas);
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "MemCache MetaService",
                ["version"] = "v1",
                ["description"] =
                    "What can't be done is answered with a RestError: with status 200, except where HTTP has a word for it.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                },
            },
        };
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private static JsonObject Operation(HttpCall call, JsonObject schemas)
    {
        var operation = new JsonObject
        {
            ["tags"] = new JsonArray(call.Right.ToString().ToLowerInvariant()),
            ["summary"] = call.Summary,
            ["responses"] = new JsonObject
            {
                ["200"] = Answer(call.Reply, call.Summary, schemas),
                ["default"] = Answer(RestJson.Default.RestError, "What can't be done, and why", schemas),
            },
        };
        if (call.Parameters.Length > 0)
        {
            operation["parameters"] = new JsonArray([.. call.Parameters.Select(Parameter)]);
        }

        if (call.Body is not null || call.HasTextBody)
        {
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = Content(call.Body, schemas),
            };
        }

        operation["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() });
        return operation;
    }

    private static JsonNode Parameter(HttpParameter parameter) => new JsonObject
    {
        ["name"] = parameter.Name,
        ["in"] = "query",
        ["required"] = parameter.IsRequired,
        ["description"] = parameter.Meaning,
        ["schema"] = new JsonObject { ["type"] = parameter.IsNumber ? "integer" : "string" },
    };

    private static JsonObject Answer(JsonTypeInfo? type, string description, JsonObject schemas) =>
        new() { ["description"] = description, ["content"] = Content(type, schemas) };

    private static JsonObject Content(JsonTypeInfo? type, JsonObject schemas)
    {
        if (type is null)
        {
            return new JsonObject
            {
                ["text/plain"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } },
            };
        }

        string name = type.Type.Name;
        schemas[name] ??= SchemaOf(type);
        return new JsonObject
        {
            [JsonType] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/" + name } },
        };
    }

    private static JsonNode SchemaOf(JsonTypeInfo type) => type.GetJsonSchemaAsNode(Exporter);
}
