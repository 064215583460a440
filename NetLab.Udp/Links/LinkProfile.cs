namespace NetLab.Udp.Links;

/// <summary>A link that has a name: typical of its kind, and no more than the text it stands for.</summary>
/// <param name="Name">The word for it in a link string.</param>
/// <param name="Text">The link string.</param>
/// <param name="Meaning">What it is like.</param>
public sealed record LinkProfile(string Name, string Text, string Meaning)
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<LinkProfile> All { get; } =
    [
        new("dsl", "delay=12ms,jitter=2ms,loss=0.1%,up.rate=5M,down.rate=25M,queue=128K", "a telephone line, with a queue of 200 ms on its way up"),
        new("lte", "delay=25ms,jitter=10ms,loss=0.1%,up.rate=10M,down.rate=40M,queue=1M", "a mobile network of the fourth generation, with deep queues"),
        new("wifi-far", "delay=2ms,jitter=15ms,loss=3%,burst=3,rate=15M,queue=256K", "a wireless network at the edge of its reach"),
        new("satellite", "delay=270ms,jitter=5ms,loss=0.5%,burst=2,up.rate=3M,down.rate=25M,queue=1M", "a geostationary satellite, 35,786 km up and down again"),
        new("datacenter", "delay=25us,rate=10G,queue=512K,mark=100K", "two machines of one hall, behind a switch that marks"),
    ];

    /// <summary>Their names, for messages.</summary>
    internal static string Names { get; } = string.Join(", ", All.Select(profile => profile.Name));

    /// <summary>The profile of a name, or null.</summary>
    public static LinkProfile? Find(string name) => All.FirstOrDefault(profile => profile.Name == name);
}
