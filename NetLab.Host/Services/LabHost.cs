using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Host.Recording;
using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>The generic host of the lab's services: configuration in, hosted services out.</summary>
internal static partial class LabHost
{
    /// <summary>The section of the configuration that is the lab's.</summary>
    private const string Section = "Lab";

    /// <summary>Reads the configuration: a file, then the environment (NLAB_Lab__…), then the command line.</summary>
    /// <param name="file">The file.</param>
    /// <param name="settings">What the command line says, KEY=VALUE each.</param>
    /// <param name="factories">The kinds of service there are.</param>
    /// <exception cref="UsageException">It is wrong; says where.</exception>
    public static LabOptions ReadOptions(string file, IReadOnlyList<string> settings, ServiceFactories factories)
    {
        var overrides = new Dictionary<string, string?>();
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"--set '{setting}': a setting looks like Lab:Services:0:Address=tcp://127.0.0.1:7007");
            }

            overrides[setting[..equals]] = setting[(equals + 1)..];
        }

        var options = new LabOptions();
        if (file.Length == 0)
        {
            throw new UsageException("--config '': a file has a name");
        }

        if (Directory.Exists(file))
        {
            throw new UsageException($"configuration: '{file}': is a folder");
        }

        try
        {
            IConfigurationRoot configuration = ListOverrides.Build(
                new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file), optional: false).Build(),
                new ConfigurationBuilder().AddEnvironmentVariables("NLAB_").Build(),
                new ConfigurationBuilder().AddInMemoryCollection(overrides).Build());
            if (configuration.GetChildren().FirstOrDefault(c => c.Key != Section) is { } stranger)
            {
                throw new UsageException($"configuration: unknown option '{stranger.Key}' (the one section is '{Section}')");
            }

            if (UnknownOptions.FirstIn(configuration.GetSection(Section), typeof(LabOptions)) is { } unknown)
            {
                throw new UsageException($"configuration: unknown option '{unknown}'");
            }

            IEnumerable<string> lists = ["Services", "Relays", .. configuration.GetSection($"{Section}:Services").GetChildren().Select(s => $"Services:{s.Key}:Zone")];
            foreach (string list in lists.Select(l => $"{Section}:{l}"))
            {
                if (configuration[list] is { Length: > 0 } single)
                {
                    throw new UsageException($"configuration: {list}: is a list, and not '{single}'");
                }
            }

            // Without this the binder leaves out, and says nothing of, an item of a list in which one value is of the wrong type.
            configuration.GetSection(Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (FileNotFoundException)
        {
            throw new UsageException($"configuration: no such file: {file}");
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException or FormatException or JsonException)
        {
            // A value of the wrong type is named by the binder, a syntax error by the JSON reader underneath.
            Exception named = error;
            while (named.InnerException is InvalidOperationException inner)
            {
                // Of a list, the binder only says that something failed in it; what, the error within says.
                named = inner;
            }

            // Which of file, environment and command line said it the binder does not know, but under which key.
            throw new UsageException(named is InvalidOperationException && Unconverted().Match(named.Message) is { Success: true } value
                ? $"configuration: {value.Groups["key"].Value}: '{value.Groups["value"].Value}' makes no sense there"
                : $"configuration: {file}: {Syntax(named is InvalidOperationException ? named : error.GetBaseException())}");
        }

        options.Validate(factories);
        return options;
    }

    private static string Syntax(Exception error) => error is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
        ? string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, byte {column + 1}: {error.Message.Split(" LineNumber:")[0]}")
        : error.Message;

    [GeneratedRegex("^Failed to convert configuration value '(?<value>.*)' at '(?<key>[^']*)' to type")]
    private static partial Regex Unconverted();

    /// <summary>Builds the host.</summary>
    /// <param name="options">Its services.</param>
    /// <param name="factories">What makes them.</param>
    /// <param name="recorder">Records what they send and receive; null for not.</param>
    /// <param name="onPublished">Told of each address that is listened on.</param>
    public static IHost Build(LabOptions options, ServiceFactories factories, LabRecorder? recorder = null, Action<string, LabAddress>? onPublished = null)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(options.LogLevel)

            // How starting failed is said once, in one line, by the command.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.Telemetry.Endpoint is not null)
        {
            Telemetry.AddTo(builder, options.Telemetry);
        }

        // Ctrl-C is the command line's; it stops the host.
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.AddSingleton(provider => new LabServices(
            options, factories, recorder, onPublished, provider.GetRequiredService<IHostApplicationLifetime>(), provider.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<LabServices>());
        return builder.Build();
    }
}
