using System.Text.Json.Serialization;

namespace NetLab.Host.Measurement.Reports;

/// <summary>How measurements are written as JSON: iperf3's names, which are in snake case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(PerfMessage))]
internal sealed partial class PerfMessageJson : JsonSerializerContext;

/// <summary>The same for people's programs: every field is there, whatever its value.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PerfDocument))]
[JsonSerializable(typeof(Iperf3Document))]
[JsonSerializable(typeof(LinkReport))]
internal sealed partial class PerfDocumentJson : JsonSerializerContext;

/// <summary>The same on one line, between a measurement and the processes it is made of.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PerfRun))]
[JsonSerializable(typeof(PerfInterval))]
internal sealed partial class PerfLineJson : JsonSerializerContext;
