using NetLab.Udp.Counters;

namespace NetLab.Udp.Links;

/// <summary>Counts of what one direction of a link did, made from its log and from nothing else.</summary>
public sealed class LinkStatistics : ICounts<LinkStatistics>
{
    /// <summary>Datagrams that reached the link.</summary>
    public long Entered { get; private set; }

    /// <summary>Bytes of payload that reached the link.</summary>
    public long EnteredBytes { get; private set; }

    /// <summary>Datagrams that left it, each copy counted.</summary>
    public long Delivered { get; private set; }

    /// <summary>Bytes of payload in them.</summary>
    public long DeliveredBytes { get; private set; }

    /// <summary>Datagrams lost at random.</summary>
    public long Lost { get; private set; }

    /// <summary>Datagrams dropped by a script.</summary>
    public long ScriptedDrops { get; private set; }

    /// <summary>Datagrams dropped because the queue was full.</summary>
    public long QueueDrops { get; private set; }

    /// <summary>Datagrams that the queue's discipline dropped, though there was room.</summary>
    public long EarlyDrops { get; private set; }

    /// <summary>Datagrams lost because the link was down.</summary>
    public long LostWhileDown { get; private set; }

    /// <summary>Datagrams dropped because they were larger than the link carries.</summary>
    public long TooLarge { get; private set; }

    /// <summary>Datagrams of which a second copy left the link.</summary>
    public long Duplicated { get; private set; }

    /// <summary>Datagrams held back so that later ones could overtake them; if none came meanwhile, none did.</summary>
    public long HeldBack { get; private set; }

    /// <summary>Datagrams (first copies) that left the link after one that had entered later (RFC 4737, 3).</summary>
    public long Reordered { get; private set; }

    /// <summary>Datagrams that left later than they entered, for whatever reason.</summary>
    public long Delayed { get; private set; }

    /// <summary>Datagrams with a bit flipped.</summary>
    public long Corrupted { get; private set; }

    /// <summary>Datagrams marked, as the queue was long.</summary>
    public long Marked { get; private set; }

    /// <summary>Datagrams that did not leave the link, for whatever reason.</summary>
    public long Dropped => Lost + ScriptedDrops + QueueDrops + EarlyDrops + LostWhileDown + TooLarge;

    /// <inheritdoc/>
    public void Add(LinkStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Entered += other.Entered;
        EnteredBytes += other.EnteredBytes;
        Delivered += other.Delivered;
        DeliveredBytes += other.DeliveredBytes;
        Lost += other.Lost;
        ScriptedDrops += other.ScriptedDrops;
        QueueDrops += other.QueueDrops;
        EarlyDrops += other.EarlyDrops;
        LostWhileDown += other.LostWhileDown;
        TooLarge += other.TooLarge;
        Duplicated += other.Duplicated;
        HeldBack += other.HeldBack;
        Reordered += other.Reordered;
        Delayed += other.Delayed;
        Corrupted += other.Corrupted;
        Marked += other.Marked;
    }

    /// <summary>Counts a datagram that reached the link.</summary>
    internal void CountEntry(int length)
    {
        Entered++;
        EnteredBytes += length;
    }

    /// <summary>Counts datagrams that came together, and were delayed if at all.</summary>
    internal void CountEntries(int count, int bytes, bool delayed)
    {
        Entered += count;
        EnteredBytes += bytes;
        Delayed += delayed ? count : 0;
    }

    /// <summary>Counts datagrams that left together, in order.</summary>
    internal void CountDeliveries(int count, int bytes)
    {
        Delivered += count;
        DeliveredBytes += bytes;
    }

    /// <summary>Counts what the model decided about a datagram.</summary>
    internal void CountOutcome(in LinkOutcome outcome)
    {
        if (outcome.IsDropped)
        {
            // One reason each, so that the reasons add up to the total.
            if ((outcome.Effects & LinkEffects.ScriptedDrop) != 0)
            {
                ScriptedDrops++;
            }
            else if ((outcome.Effects & LinkEffects.Down) != 0)
            {
                LostWhileDown++;
            }
            else if ((outcome.Effects & LinkEffects.Lost) != 0)
            {
                Lost++;
            }
            else if ((outcome.Effects & LinkEffects.TooLarge) != 0)
            {
                TooLarge++;
            }
            else if ((outcome.Effects & LinkEffects.EarlyDrop) != 0)
            {
                EarlyDrops++;
            }
            else
            {
                QueueDrops++;
            }
        }

        Delayed += !outcome.IsDropped && outcome.DeliverAt > outcome.EnteredAt ? 1 : 0;
        Duplicated += outcome.IsDuplicated ? 1 : 0;
        HeldBack += (outcome.Effects & LinkEffects.HeldBack) != 0 ? 1 : 0;
        Marked += (outcome.Effects & LinkEffects.Marked) != 0 ? 1 : 0;
        Corrupted += (outcome.Effects & LinkEffects.Corrupted) != 0 ? 1 : 0;
    }

    /// <summary>Counts what was done by hand to a datagram whose outcome has been counted.</summary>
    internal void CountIntervention(LinkEffects effect)
    {
        ScriptedDrops += effect == LinkEffects.ScriptedDrop ? 1 : 0;
        Duplicated += effect == LinkEffects.Duplicated ? 1 : 0;
        HeldBack += effect == LinkEffects.HeldBack ? 1 : 0;
        Corrupted += effect == LinkEffects.Corrupted ? 1 : 0;
    }

    /// <summary>Counts a copy that left the link.</summary>
    internal void CountDelivery(bool overtaken, int length)
    {
        Delivered++;
        DeliveredBytes += length;
        Reordered += overtaken ? 1 : 0;
    }
}
