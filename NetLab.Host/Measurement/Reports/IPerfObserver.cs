namespace NetLab.Host.Measurement.Reports;

/// <summary>Hears of a measurement while it runs.</summary>
internal interface IPerfObserver
{
    /// <summary>A piece is complete, as the receiver saw it.</summary>
    void OnInterval(PerfInterval interval);

    /// <summary>The receiver has told what it got.</summary>
    void OnReceived(PerfReceived received);
}
