using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using NetLab.Cluster.Nodes;

namespace NetLab.Cluster.Pages;

/// <summary>What a node shows over HTTP: the last measurement of each pair as a page of tables, and for Prometheus. It can only be read.</summary>
internal sealed class NodePage : IAsyncDisposable
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color-scheme:light dark}table{border-collapse:collapse;margin:1rem 0}" +
        "caption{text-align:left;font-weight:600}th,td{border:1px solid;padding:.3rem .6rem;text-align:right;font-variant-numeric:tabular-nums}";

    private readonly WebApplication _application;

    private NodePage(WebApplication application) => _application = application;

    /// <summary>Where it is.</summary>
    public string Url => _application.Urls.First();

    /// <summary>Starts it.</summary>
    /// <param name="node">What is shown.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="IOException">It cannot listen there.</exception>
    public static async Task<NodePage> StartAsync(ClusterNode node, IPEndPoint address, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address));
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        WebApplication application = builder.Build();
        application.Run(context => AnswerAsync(context, node));
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        return new NodePage(application);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static Task AnswerAsync(HttpContext context, ClusterNode node)
    {
        // A page of another origin may have this machine's browser ask by a name of its own: only addresses, and this machine, are names of a node.
        if (!IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out _) && context.Request.Host.Host != "localhost")
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        (string? type, string text) = context.Request.Path.Value switch
        {
            "/metrics" => ("text/plain; version=0.0.4; charset=utf-8", Metrics(node.Names.Count, node.Board.Pairs)),
            "/" => ("text/html; charset=utf-8", Page(node.Names, node.Board.Pairs)),
            _ => (null, ""),
        };
        if (type is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = type;
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>As Prometheus reads it.</summary>
    internal static string Metrics(int nodes, IReadOnlyList<PairFigures> pairs)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# HELP netlab_cluster_nodes Nodes of the cluster.\n# TYPE netlab_cluster_nodes gauge\nnetlab_cluster_nodes {nodes}\n");
        Gauge("netlab_mesh_bits_per_second", "What the receiver of a pair got at the last measurement.", p => p.Figures.BitsPerSecond);
        Gauge("netlab_mesh_idle_round_trip_seconds", "The median round trip of a pair without a load.", p => p.Figures.IdleMilliseconds / 1000);
        Gauge("netlab_mesh_loaded_round_trip_seconds", "The median round trip of a pair beside a load.", p => p.Figures.LoadedMilliseconds / 1000);
        Gauge("netlab_mesh_measured_timestamp_seconds", "When a pair was measured last.", p => p.Ended.ToUnixTimeMilliseconds() / 1000.0);
        return text.ToString();

        void Gauge(string name, string help, Func<PairFigures, double?> value)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n");
            foreach (PairFigures pair in pairs)
            {
                if (value(pair) is { } number)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{{from=\"{pair.From}\",to=\"{pair.To}\",transport=\"{pair.Transport}\"}} {number}\n");
                }
            }
        }
    }

    private static string Page(IReadOnlyList<string> nodes, IReadOnlyList<PairFigures> pairs)
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>NetLab nodes</title><style>{Style}</style><main><h1>Between nodes</h1><p>{nodes.Count} nodes: {Text(string.Join(", ", nodes))}.</p>");
        html.Append(pairs.Count == 0 ? "<p>Nothing was measured yet: <code>nlab on CLUSTER mesh</code>.</p>" : "");
        foreach (IGrouping<string, PairFigures> transport in pairs.GroupBy(p => p.Transport))
        {
            string[] all = [.. transport.SelectMany(p => (string[])[p.From, p.To]).Distinct().Order(StringComparer.Ordinal)];
            Dictionary<(string, string), PairFigures> cells = transport.ToDictionary(p => (p.From, p.To));
            html.Append(CultureInfo.InvariantCulture, $"<table><caption>{Text(transport.Key)}: from (rows) to (columns), Mbit/s</caption><thead><tr><td></td>");
            foreach (string to in all)
            {
                html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Text(to)}</th>");
            }

            html.Append("</tr></thead><tbody>");
            foreach (string from in all)
            {
                html.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Text(from)}</th>");
                foreach (string to in all)
                {
                    html.Append(CultureInfo.InvariantCulture, $"<td>{(cells.TryGetValue((from, to), out PairFigures? cell) ? CellOf(cell) : "")}</td>");
                }

                html.Append("</tr>");
            }

            html.Append("</tbody></table>");
        }

        return html.Append("</main></html>").ToString();
    }

    private static string CellOf(PairFigures pair) => string.Create(
        CultureInfo.InvariantCulture,
        $"{pair.Figures.BitsPerSecond / 1e6:F1}{(pair.Figures is { IdleMilliseconds: { } idle, LoadedMilliseconds: { } loaded } ? $"<br>{idle:F2} / {loaded:F2} ms" : "")}<br><time datetime=\"{pair.Ended:O}\">{pair.Ended:yyyy-MM-dd HH:mm} UTC</time>");

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
