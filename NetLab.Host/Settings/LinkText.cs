using NetLab.Udp.Links;

namespace NetLab.Host.Settings;

/// <summary>A link string, as the command line, the configuration and HTTP have it.</summary>
internal static class LinkText
{
    /// <summary>Reads one.</summary>
    /// <exception cref="UsageException">It makes no sense; the message names the key.</exception>
    public static LinkDescription Parse(string text)
    {
        if (!LinkDescription.TryParse(text, out LinkDescription link, out string? error))
        {
            throw new UsageException(error!);
        }

        foreach (ScriptedDrop drop in link.Up.Drops.Concat(link.Down.Drops))
        {
            if (!Tcp.Segments.SegmentKind.Names.Contains(drop.Name))
            {
                throw new UsageException($"link: 'drop={drop.Name}#{drop.Ordinal}': the segments are {string.Join(", ", Tcp.Segments.SegmentKind.Names)}");
            }
        }

        return link;
    }
}
