using System.Text.Json.Serialization;

namespace NetLab.Host.Settings;

/// <summary>Settings of a measurement on one line, for the process that carries it out.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(PerfSettings))]
internal sealed partial class PerfSettingsJson : JsonSerializerContext;
