using System.Text.Json.Serialization;

namespace NetLab.Host.Measurement.Links;

/// <summary>How what a self-test of links measured is written as JSON: snake case, every field there whatever its value.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(IReadOnlyList<LinkAccuracy>))]
internal sealed partial class LinkAccuracyJson : JsonSerializerContext;
