using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace NetLab.Host.Tests.Http;

/// <summary>The lab tells a collector (OTLP) what it measures and what it writes down.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Meters_and_log_reach_a_collector()
    {
        var metrics = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var logs = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        await using WebApplication collector = builder.Build();
        collector.UseRouting();
        collector.MapPost("/v1/metrics", (RequestDelegate)(context => TakeAsync(context, metrics, "netlab.tcp.segments")));
        collector.MapPost("/v1/logs", (RequestDelegate)(context => TakeAsync(context, logs, "endpoint bound")));
        await collector.StartAsync();
        string address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        string[] settings =
        [
            $"Lab:Telemetry:Otlp={address}", "Lab:Telemetry:Protocol=http/protobuf", "Lab:Telemetry:Interval=200ms", "Lab:LogLevel=Debug",
            .. Enumerable.Range(0, 8).Select(i => $"Lab:Services:{i}:Address={(i is < 3 or 6 ? "tcp" : i == 7 ? "kernel-tcp" : "udp")}://127.0.0.1:0"),
        ];
        using Nlab serve = Nlab.Start(null, "serve", settings.SelectMany(s => new[] { "--set", s }));
        string measured = await metrics.Task.WaitAsync(Patience);
        Assert.Contains("netlab.udp.sockets", measured, StringComparison.Ordinal);
        Assert.Contains("nlab", measured, StringComparison.Ordinal);
        await logs.Task.WaitAsync(Patience);
    }

    // Protocol buffers, in which texts stand as they are.
    private static async Task TakeAsync(HttpContext context, TaskCompletionSource<string> seen, string wanted)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        string text = Encoding.UTF8.GetString(body.ToArray());
        if (text.Contains(wanted, StringComparison.Ordinal))
        {
            seen.TrySetResult(text);
        }
    }
}
