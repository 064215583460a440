using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Diagnostics;
using NetLab.Udp.Diagnostics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace NetLab.Host.Services;

/// <summary>Sends the lab's measurements and its log to a collector (OTLP).</summary>
internal static class Telemetry
{
    /// <summary>The meters of the lab.</summary>
    public static IReadOnlyList<string> Meters { get; } = [TcpMeter.Name, UdpMeter.Name, ServiceMeter.Name];

    /// <summary>Adds it to a host.</summary>
    public static void AddTo(HostApplicationBuilder builder, TelemetryOptions options)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService("nlab", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .SetResourceBuilder(resource)
            .AddMeter([.. Meters])
            .AddOtlpExporter((exporter, reader) =>
            {
                Set(exporter, options, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)Math.Min(int.MaxValue, options.Period.TotalMilliseconds);
            }));
        builder.Logging.AddOpenTelemetry(logs => logs.SetResourceBuilder(resource).AddOtlpExporter(exporter => Set(exporter, options, "v1/logs")));
    }

    // By HTTP each kind has a path of its own (OTLP, "Endpoint URLs"), which the exporter appends only to what it takes from the environment.
    private static void Set(OtlpExporterOptions exporter, TelemetryOptions options, string path)
    {
        exporter.Protocol = options.ExportProtocol;
        exporter.Endpoint = options.ExportProtocol == OtlpExportProtocol.Grpc ? options.Endpoint! : new Uri(new Uri(options.Endpoint!.AbsoluteUri.TrimEnd('/') + "/"), path);
    }
}
