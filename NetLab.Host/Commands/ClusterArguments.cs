using System.CommandLine;
using NetLab.Cluster.Membership;
using NetLab.Cluster.Security;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary>How a cluster is named on a command line, and how its nodes and commands know one another.</summary>
internal sealed class ClusterArguments
{
    /// <summary>The variable of the environment that may hold the secret: not on a command line, which every user of a machine can read.</summary>
    public const string SecretVariable = "NLAB_CLUSTER_SECRET";

    private readonly Option<string?> _secret = new("--secret-file") { Description = $"The cluster's shared secret, in a file; or in {SecretVariable}. It authenticates and encrypts nothing", HelpName = "FILE" };
    private readonly Option<string?> _certificate = new("--certificate") { Description = "Mutual TLS: this one's certificate and key (PEM)", HelpName = "FILE" };
    private readonly Option<string?> _authority = new("--ca") { Description = "Mutual TLS: the authority whose certificates are let in (PEM)", HelpName = "FILE" };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Show Orleans' warnings" };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Add(_secret);
        command.Add(_certificate);
        command.Add(_authority);
        command.Add(_verbose);
    }

    /// <summary>Reads how a cluster is named.</summary>
    /// <param name="text">Its name.</param>
    /// <param name="option">The option, or null of an argument.</param>
    /// <exception cref="UsageException">It is none.</exception>
    public static ClusterAddress AddressOf(string text, string? option)
    {
        try
        {
            return ClusterAddress.Parse(text);
        }
        catch (FormatException error)
        {
            throw new UsageException(option is null ? error.Message : $"{option} {error.Message}");
        }
    }

    /// <summary>Who is told of warnings; null for nobody.</summary>
    public Action<string>? Log(ParseResult parsed) => parsed.GetValue(_verbose) ? line => Console.Error.WriteLine($"orleans: {line}") : null;

    /// <summary>How others are known.</summary>
    /// <exception cref="UsageException">It makes no sense, or a file cannot be read.</exception>
    public ClusterSecurity Security(ParseResult parsed)
    {
        string? file = parsed.GetValue(_secret);
        string? certificate = parsed.GetValue(_certificate);
        string? authority = parsed.GetValue(_authority);
        if (certificate is null != authority is null)
        {
            throw new UsageException(certificate is null ? $"--ca '{authority}': needs --certificate, too: both ends show one" : $"--certificate '{certificate}': needs --ca, too: whose certificates are let in?");
        }

        if (certificate is not null && file is not null)
        {
            throw new UsageException($"--secret-file '{file}': --certificate is one way to be known, and this another: one of the two");
        }

        string? said = file is null ? null : FileOf(file);
        string from = file is null ? SecretVariable : $"--secret-file '{file}'";
        try
        {
            // Certificates that were asked for win over a variable that may be set for all commands.
            return certificate is not null ? ClusterSecurity.OfCertificates(certificate, authority!)
                : (said ?? Environment.GetEnvironmentVariable(SecretVariable)) is { Length: > 0 } secret ? ClusterSecurity.OfSecret(secret)
                : said is null ? ClusterSecurity.None()
                : ClusterSecurity.OfSecret("");
        }
        catch (FormatException error)
        {
            throw new UsageException(certificate is null ? $"{from}: {error.Message}" : error.Message);
        }
    }

    private static string FileOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--secret-file '{path}': {(Directory.Exists(path) ? "is a folder" : File.Exists(path) ? error.Message : "no such file")}");
        }
    }
}
