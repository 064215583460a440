using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>One link relay of the configuration.</summary>
internal sealed class RelayOptions
{
    /// <summary>What it is called; relay and a number if nothing is said.</summary>
    public string? Name { get; set; }

    /// <summary>Where clients send to.</summary>
    public string Listen { get; set; } = "";

    /// <summary>Where their datagrams go on to.</summary>
    public string Target { get; set; } = "";

    /// <summary>The link string.</summary>
    public string Link { get; set; } = "";

    public void Validate(bool allowRemote)
    {
        foreach (string text in (string[])[Listen, Target])
        {
            LabAddress address = LabAddress.Parse(text);
            if (address.Transport != LabTransport.Udp)
            {
                throw new UsageException($"'{text}': a link carries datagrams: udp://HOST:PORT");
            }

            _ = text == Target ? address.ResolvePeer(allowRemote) : address.Resolve(allowRemote);
        }

        LinkText.Parse(Link);
    }
}
