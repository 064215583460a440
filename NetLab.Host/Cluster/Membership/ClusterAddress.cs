using System.Globalization;
using System.Net;

namespace NetLab.Cluster.Membership;

/// <summary>How a cluster is named: by its first node, or by where its membership is kept.</summary>
/// <param name="Kind">Which of these.</param>
/// <param name="Host">The host of the first node, or of the store.</param>
/// <param name="Port">The port there.</param>
internal sealed record ClusterAddress(MembershipKind Kind, string Host, int Port)
{
    /// <summary>The port of a first node of which nothing else is said: Orleans' own choice.</summary>
    public const int DefaultPort = 11_111;

    /// <summary>How far a node's port for commands is from its port for nodes.</summary>
    public const int GatewayOffset = 1;

    private const int RedisPort = 6379;
    private const int PostgresPort = 5432;
    private const string Form = "a cluster is 127.0.0.1:PORT, redis://HOST:PORT or postgres://USER@HOST:PORT/DATABASE";

    /// <summary>Who asks the store; null if it asks nobody.</summary>
    public string? User { get; init; }

    /// <summary>What the store asks for; null for nothing.</summary>
    public string? Password { get; init; }

    /// <summary>The database, of PostgreSQL.</summary>
    public string? Database { get; init; }

    /// <summary>The first node's own address.</summary>
    public IPEndPoint FirstNode => new(IPAddress.Parse(Host), Port);

    /// <summary>Where that one takes commands.</summary>
    public IPEndPoint Gateway => new(IPAddress.Parse(Host), Port + GatewayOffset);

    /// <summary>Reads <c>127.0.0.1:11111</c>, <c>redis://HOST:PORT</c> or <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE</c>.</summary>
    /// <exception cref="FormatException">It is none of these; says why, without the password.</exception>
    public static ClusterAddress Parse(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return ParseNode(text);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0)
        {
            throw new FormatException($"'{text}': {Form}");
        }

        string[] user = uri.UserInfo.Split(':', 2);
        string shown = uri.UserInfo.Length == 0 ? text : text.Replace(uri.UserInfo + "@", user[0].Length == 0 ? "" : user[0] + "@", StringComparison.Ordinal);
        ClusterAddress address = uri.Scheme switch
        {
            "redis" => new ClusterAddress(MembershipKind.Redis, uri.DnsSafeHost, uri.Port < 0 ? RedisPort : uri.Port),
            "postgres" or "postgresql" => new ClusterAddress(MembershipKind.Postgres, uri.DnsSafeHost, uri.Port < 0 ? PostgresPort : uri.Port)
            {
                Database = uri.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(uri.AbsolutePath[1..]) : throw new FormatException($"'{shown}': names no database, as in postgres://USER@HOST/DATABASE"),
            },
            _ => throw new FormatException($"'{shown}': {Form}"),
        };
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0 || (address.Kind == MembershipKind.Redis && uri.AbsolutePath.Length > 1))
        {
            throw new FormatException($"'{shown}': '{(address.Kind == MembershipKind.Redis && uri.AbsolutePath.Length > 1 ? uri.AbsolutePath : uri.Query + uri.Fragment)}': nothing stands behind; {Form}");
        }

        return address with
        {
            User = user[0].Length == 0 ? null : Uri.UnescapeDataString(user[0]),
            Password = user.Length < 2 ? null : Uri.UnescapeDataString(user[1]),
        };
    }

    /// <summary>As it is shown: without its password.</summary>
    public override string ToString()
    {
        string at = (User is null ? "" : Uri.EscapeDataString(User) + "@")
            + (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + ":" + Port.ToString(CultureInfo.InvariantCulture);
        return Kind switch
        {
            MembershipKind.Redis => "redis://" + at,
            MembershipKind.Postgres => $"postgres://{at}/{Database}",
            _ => at,
        };
    }

    private static ClusterAddress ParseNode(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        host = host is ['[', .. var inner, ']'] ? inner : host is "localhost" ? "127.0.0.1" : host;
        if (colon < 0 || !IPAddress.TryParse(host, out IPAddress? address)
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65_534)
        {
            throw new FormatException($"'{text}': {Form}");
        }

        // A first node that others depend on is for trying things out: what goes over machines must outlive any of them.
        return IPAddress.IsLoopback(address)
            ? new ClusterAddress(MembershipKind.FirstNode, host, port)
            : throw new FormatException($"'{text}': beyond this machine a cluster's nodes are found through redis://HOST:PORT or postgres://USER@HOST:PORT/DATABASE");
    }
}
