using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MemCache.TidyTests.Kubernetes;

/// <summary>Objects of Kubernetes out of YAML. A key that is given twice is an error.</summary>
internal static class Manifests
{
    /// <summary>The objects of a file with several documents.</summary>
    public static JsonObject[] Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => Convert(document.RootNode)).OfType<JsonObject>()];
    }

    /// <summary>A value by its path, as in <c>spec/template/metadata/labels</c>.</summary>
    public static JsonNode? At(this JsonNode? node, string path) =>
        path.Split('/').Aggregate(node, (found, name) => found is JsonObject map ? map[name] : null);

    /// <summary>The text of a value by its path; empty if it is not there.</summary>
    public static string Text(this JsonNode? node, string path) => node.At(path)?.ToString() ?? "";

    /// <summary>The entries of a list by its path; none if it is not there.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? node, string path) =>
        node.At(path) is JsonArray list ? list.OfType<JsonNode>() : [];

    /// <summary>Kind and name.</summary>
    public static string Title(this JsonObject thing) => $"{thing.Text("kind")}/{thing.Text("metadata/name")}";

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(
            pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InvalidDataException($"unknown node {node}"),
    };

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        // Kubernetes' readers take these for truth values or numbers, as YAML 1.1 has them.
        "yes" or "no" or "on" or "off" or "y" or "n" =>
            throw new InvalidDataException($"'{text}' without quotes is not a text"),
        _ when text.StartsWith('0') && text.Length > 1 && text.All(char.IsAsciiDigit) =>
            JsonValue.Create(System.Convert.ToInt64(text, 8)),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) =>
            JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
