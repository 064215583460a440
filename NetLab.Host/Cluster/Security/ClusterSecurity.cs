using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace NetLab.Cluster.Security;

/// <summary>How nodes and commands know one another: by a shared secret, by certificates of one authority, or, on loopback, not at all.</summary>
internal sealed class ClusterSecurity : IDisposable
{
    /// <summary>Shorter ones can be guessed from one recorded handshake.</summary>
    public const int MinSecret = 16;

    private readonly byte[]? _secret;
    private readonly X509Certificate2? _certificate;
    private readonly X509Certificate2Collection _authorities = [];

    private ClusterSecurity(byte[]? secret, X509Certificate2? certificate) => (_secret, _certificate) = (secret, certificate);

    /// <summary>Why connections were refused.</summary>
    public ConnectionFaults Faults { get; } = new();

    /// <summary>Whether there is none.</summary>
    public bool IsNone => _secret is null && _certificate is null;

    /// <summary>What it is, in words for a line.</summary>
    public string Name => _certificate is not null ? "mutual TLS" : _secret is not null ? "a shared secret, nothing is encrypted" : "no authentication, loopback only";

    /// <summary>None.</summary>
    public static ClusterSecurity None() => new(null, null);

    /// <summary>A shared secret.</summary>
    /// <exception cref="FormatException">It is too short.</exception>
    public static ClusterSecurity OfSecret(string secret)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(secret.Trim());
        return bytes.Length >= MinSecret ? new ClusterSecurity(bytes, null) : throw new FormatException($"a secret has {MinSecret} bytes or more, such as openssl rand -hex 32 prints");
    }

    /// <summary>Mutual TLS: any certificate of the authority is a node's or a command's.</summary>
    /// <param name="certificate">A file of PEM with this one's certificate and its key.</param>
    /// <param name="authority">A file of PEM with the authority's certificate.</param>
    /// <exception cref="FormatException">They cannot be used; says which and why.</exception>
    public static ClusterSecurity OfCertificates(string certificate, string authority)
    {
        ClusterSecurity security;
        try
        {
            using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificate);

            // Windows' TLS takes no key that is in memory alone.
            security = new ClusterSecurity(null, X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null));
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"--certificate '{certificate}': {(error is CryptographicException ? "is no PEM with a certificate and its key" : error.Message)}", error);
        }

        try
        {
            security._authorities.ImportFromPemFile(authority);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"--ca '{authority}': {(error is CryptographicException ? "is no PEM with a certificate" : error.Message)}", error);
        }

        return security._authorities.Count > 0 ? security : throw new FormatException($"--ca '{authority}': is no PEM with a certificate");
    }

    /// <summary>Sets what a node asks of every connection, in and out.</summary>
    public void Configure(ISiloBuilder node)
    {
        if (_secret is not null)
        {
            var handshake = new SecretHandshake(_secret, Faults);
            node.Configure<SiloConnectionOptions>(options =>
            {
                options.ConfigureSiloInboundConnection(connection => connection.Use(handshake.Accept));
                options.ConfigureSiloOutboundConnection(connection => connection.Use(handshake.Connect));
                options.ConfigureGatewayInboundConnection(connection => connection.Use(handshake.Accept));
            });
        }
        else if (_certificate is not null)
        {
            node.UseTls(_certificate, Configure);
        }
    }

    /// <summary>Sets what a command asks of its connections.</summary>
    public void Configure(IClientBuilder client)
    {
        if (_secret is not null)
        {
            var handshake = new SecretHandshake(_secret, Faults);
            client.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(connection => connection.Use(handshake.Connect)));
        }
        else if (_certificate is not null)
        {
            client.UseTls(_certificate, Configure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate?.Dispose();
        foreach (X509Certificate2 authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private void Configure(TlsOptions options)
    {
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, _, _) => IsOfAuthority(certificate);
        options.OnAuthenticateAsClient = (_, authentication) =>
        {
            // A node is known by who signed for it, not by a name: addresses of machines come and go.
            authentication.TargetHost = "nlab";
            authentication.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        };
    }

    private bool IsOfAuthority(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            Faults.Add("it brought no certificate");
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (chain.Build(certificate))
        {
            return true;
        }

        Faults.Add("its certificate is not of the authority of --ca");
        return false;
    }
}
