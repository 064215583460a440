using System.Text.Json.Serialization;

namespace NetLab.Host.Nodes;

/// <summary>How measurements between nodes are printed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(MeshDocument))]
internal sealed partial class MeshJson : JsonSerializerContext;
