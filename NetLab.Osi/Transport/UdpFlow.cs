namespace NetLab.Osi.Transport;

/// <summary>A UDP conversation.</summary>
internal sealed class UdpFlow(int number)
{
    /// <summary>Its number, from 0 in the order of first packets.</summary>
    public int Number { get; } = number;

    /// <summary>Whether it was seen to carry NetLab's TCP.</summary>
    public bool CarriesTcp { get; set; }

    /// <summary>Datagrams that looked like segments so far.</summary>
    public int TcpLikeDatagrams { get; set; }
}
