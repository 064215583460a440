using System.Text.Json.Serialization;

namespace NetLab.Host.Measurement.Saved;

/// <summary>How a saved run is written as JSON: snake case, every field there whatever its value.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SavedRun))]
internal sealed partial class SavedRunJson : JsonSerializerContext;
