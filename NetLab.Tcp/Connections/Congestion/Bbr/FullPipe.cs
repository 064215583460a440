namespace NetLab.Tcp.Connections.Congestion.Bbr;

/// <summary>Whether the pipe is full: a rate that grows by less than a quarter in three rounds (5.3.1.2).</summary>
internal struct FullPipe
{
    private const double Growth = 1.25;
    private const int Rounds = 3;

    private double _rate;
    private int _count;

    /// <summary>Whether the search that is under way has found it full.</summary>
    public bool IsFullNow { get; private set; }

    /// <summary>Whether it was ever found full.</summary>
    public bool WasReached { get; private set; }

    /// <summary>It is taken to be full for another reason: losses.</summary>
    public void Declare() => WasReached = true;

    /// <summary>A search begins.</summary>
    /// <param name="rate">Bytes a second that are delivered now.</param>
    public void Restart(double rate) => (_rate, _count, IsFullNow) = (rate, 0, false);

    /// <summary>Takes the rate of an acknowledgment.</summary>
    public void Update(in AcknowledgmentSample sample)
    {
        if (IsFullNow || sample.IsApplicationLimited || sample.Rate <= 0)
        {
            return;
        }

        if (sample.Rate >= Growth * _rate)
        {
            Restart(sample.Rate);
            return;
        }

        if (sample.IsRoundStart)
        {
            IsFullNow = ++_count >= Rounds;
            WasReached |= IsFullNow;
        }
    }
}
