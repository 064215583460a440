using System.Net;

namespace NetLab.Host.Measurement.Reports;

/// <summary>Hears of a measurement while it runs.</summary>
internal interface IPerfObserver
{
    /// <summary>Of a server: somebody has begun a measurement.</summary>
    /// <param name="client">Which client it is, counted from 1.</param>
    /// <param name="from">Where it is; null where that is not known any more.</param>
    /// <param name="hello">What it wants.</param>
    void OnClient(int client, EndPoint? from, PerfHello hello)
    {
    }

    /// <summary>A piece is complete, as the receiver saw it.</summary>
    /// <param name="client">Whose, counted from 1.</param>
    /// <param name="interval">The piece.</param>
    void OnInterval(int client, PerfInterval interval);

    /// <summary>The receiver has told what it got.</summary>
    /// <param name="client">Whose it was.</param>
    /// <param name="received">What it got.</param>
    void OnReceived(int client, PerfReceived received);
}
