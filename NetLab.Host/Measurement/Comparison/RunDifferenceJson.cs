using System.Text.Json.Serialization;

namespace NetLab.Host.Measurement.Comparison;

/// <summary>How differences of saved runs are written as JSON: snake case, every field there whatever its value.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(IReadOnlyList<RunDifference>))]
internal sealed partial class RunDifferenceJson : JsonSerializerContext;
