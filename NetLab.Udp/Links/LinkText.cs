using System.Globalization;
using NetLab.Udp.Links.Queues;
using NetLab.Udp.Text;

namespace NetLab.Udp.Links;

/// <summary>Writes the link string of a link.</summary>
internal static class LinkText
{
    public static string Of(LinkDescription link)
    {
        List<string> up = WordsOf(link.Up);
        List<string> down = WordsOf(link.Down);
        IEnumerable<string> words =
        [
            .. up.Intersect(down),
            .. up.Except(down).Select(word => "up." + word),
            .. down.Except(up).Select(word => "down." + word),
        ];
        return string.Join(',', link.Seed is { } seed ? words.Append(string.Create(CultureInfo.InvariantCulture, $"seed={seed}")) : words);
    }

    public static string Of(LinkDirection direction) => string.Join(',', WordsOf(direction));

    private static List<string> WordsOf(LinkDirection link)
    {
        var words = new List<string>();
        Add("delay", link.Delay);
        Add(link.JitterReorders ? "jitter-reorder" : "jitter", link.Jitter);
        Add("loss", link.Loss);
        if (link is { Loss: > 0, Burst: > 1 })
        {
            words.Add("burst=" + Number(link.Burst));
        }

        Add("duplicate", link.Duplicate);
        Add("reorder", link.Reorder);
        Add("corrupt", link.Corrupt);
        if (link.Path is { } path)
        {
            words.Add("replay=" + path.Name);
        }
        else if (link.Trace is { } trace)
        {
            words.Add("trace=" + trace.Name);
        }
        else if (link.Rate > 0)
        {
            words.Add("rate=" + Quantity.RateText(link.Rate));
        }

        if (link.HasLine)
        {
            AddQueue(words, link);
        }

        if (link.Mtu > 0)
        {
            words.Add("mtu=" + Number(link.Mtu));
        }

        if (link.Outage is { } outage)
        {
            words.Add($"outage={Quantity.DurationText(outage.Length)}/{Quantity.DurationText(outage.Every)}");
        }

        if (link.IsDown)
        {
            words.Add("down");
        }

        if (link.DropEvery > 0)
        {
            words.Add("every=" + Number(link.DropEvery));
        }

        words.AddRange(link.Drops.Select(drop => $"drop={drop.Name}#{Number(drop.Ordinal)}"));
        words.AddRange(link.Faults.Select(fault => fault.Effect switch
        {
            LinkEffects.Duplicated => $"copy={fault.Name}#{Number(fault.Ordinal)}",
            LinkEffects.Corrupted => $"damage={fault.Name}#{Number(fault.Ordinal)}",
            _ => $"hold={fault.Name}#{Number(fault.Ordinal)}/{Quantity.DurationText(fault.HoldBack)}",
        }));
        return words;

        void Add(string key, object value)
        {
            if (value is TimeSpan { Ticks: > 0 } duration)
            {
                words.Add($"{key}={Quantity.DurationText(duration)}");
            }
            else if (value is double and > 0)
            {
                words.Add($"{key}={Number(Math.Round((double)value * 100, 10))}%");
            }
        }
    }

    private static void AddQueue(List<string> words, LinkDirection link)
    {
        if (link.Discipline is not DropTailSettings)
        {
            words.Add("aqm=" + link.Discipline.Name);
        }

        if (link.Queue != long.MaxValue && (link.Queue != LinkDirection.DefaultQueue || link.Discipline is not DropTailSettings))
        {
            words.Add("queue=" + Quantity.SizeText(link.Queue));
        }

        if (link.QueueDatagrams != link.Discipline.DefaultDatagrams && link.QueueDatagrams != int.MaxValue)
        {
            words.Add($"queue={Number(link.QueueDatagrams)}p");
        }

        words.AddRange(link.Discipline switch
        {
            DropTailSettings { Mark: > 0 } q => ["mark=" + Quantity.SizeText(q.Mark)],
            CoDelSettings q => Differing(q, new(), ("target", s => s.Target), ("interval", s => s.Interval), ("ecn", s => s.Ecn)),
            FqCoDelSettings q => Differing(
                q, new(), ("target", s => s.Target), ("interval", s => s.Interval), ("quantum", s => s.Quantum), ("flows", s => s.Flows), ("ecn", s => s.Ecn)),
            PieSettings q => Differing(
                q, new(), ("target", s => s.Target), ("tupdate", s => s.UpdateInterval), ("max-burst", s => s.MaxBurst), ("alpha", s => s.Alpha), ("beta", s => s.Beta), ("ecn", s => s.Ecn)),
            RedSettings q => Differing(
                q, new(), ("min", s => s.MinThreshold), ("max", s => s.MaxThreshold), ("max-p", s => s.MaxProbability), ("weight", s => s.Weight), ("ecn", s => s.Ecn)),
            _ => (IEnumerable<string>)[],
        });
    }

    private static IEnumerable<string> Differing<T>(T settings, T usual, params (string Key, Func<T, object> Get)[] parameters) =>
        parameters.Where(p => !p.Get(settings).Equals(p.Get(usual))).Select(p => $"{p.Key}={p.Get(settings) switch
        {
            TimeSpan duration => Quantity.DurationText(duration),
            bool on => on ? "on" : "off",
            var number => Number(Convert.ToDouble(number, CultureInfo.InvariantCulture)),
        }}");

    private static string Number(double value) => value.ToString("0.##########", CultureInfo.InvariantCulture);
}
