using System.Text.Json.Serialization;

namespace NetLab.Host.Nodes;

/// <summary>How they are written down, each in a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MeshEntry))]
internal sealed partial class MeshLineJson : JsonSerializerContext;
