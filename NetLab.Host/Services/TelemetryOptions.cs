using NetLab.Host.Settings;
using OpenTelemetry.Exporter;

namespace NetLab.Host.Services;

/// <summary>Where the lab's measurements and its log go besides: to a collector, by OTLP.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>The collector, such as http://127.0.0.1:4317; null for none.</summary>
    public string? Otlp { get; set; }

    /// <summary>How it is spoken to: grpc, or http/protobuf (then usually at port 4318).</summary>
    public string Protocol { get; set; } = "grpc";

    /// <summary>How often measurements are sent.</summary>
    public string Interval { get; set; } = "10s";

    /// <summary>The collector's address.</summary>
    internal Uri? Endpoint => Otlp is null ? null : new Uri(Otlp);

    /// <summary>The protocol as the exporter knows it.</summary>
    internal OtlpExportProtocol ExportProtocol => Protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;

    /// <summary>How often measurements are sent.</summary>
    internal TimeSpan Period => DurationText.Parse(Interval, "Interval");

    /// <summary>Checks what can be checked before anything is sent.</summary>
    /// <exception cref="UsageException">Says what is wrong.</exception>
    public void Validate(bool allowRemote)
    {
        if (Otlp is not null && (!Uri.TryCreate(Otlp, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https")))
        {
            throw new UsageException($"Otlp '{Otlp}': a collector's address looks like http://127.0.0.1:4317");
        }

        if (Endpoint is { } endpoint && !allowRemote && !endpoint.IsLoopback)
        {
            throw new UsageException($"Otlp '{Otlp}': is not this machine's loopback; set Lab:AllowRemote if that is meant");
        }

        if (Protocol is not ("grpc" or "http/protobuf"))
        {
            throw new UsageException($"Protocol '{Protocol}': grpc or http/protobuf");
        }

        if (Period < TimeSpan.FromMilliseconds(10))
        {
            throw new UsageException($"Interval '{Interval}': at least 10ms");
        }
    }
}
