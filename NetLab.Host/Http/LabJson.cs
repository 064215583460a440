using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NetLab.Host.Backends;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Services;

namespace NetLab.Host.Http;

/// <summary>The documents of the lab's HTTP service.</summary>
[JsonSerializable(typeof(LabDocument))]
[JsonSerializable(typeof(ServiceDocument))]
[JsonSerializable(typeof(IReadOnlyList<ServiceDocument>))]
[JsonSerializable(typeof(BackendState))]
[JsonSerializable(typeof(IReadOnlyList<BackendState>))]
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(IReadOnlyList<RunDocument>))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(LabEvent))]
internal sealed partial class LabJson : JsonSerializerContext
{
    /// <summary>With quotes and arrows as they are: this is no part of a web page.</summary>
    public static LabJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The same in one line each.</summary>
    public static LabJson Line { get; } = new(new JsonSerializerOptions(Readable.Options) { WriteIndented = false });
}
