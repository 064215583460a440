namespace NetLab.Tcp.Options;

/// <summary>How a connection decides how much may be in the network.</summary>
public enum CongestionAlgorithm
{
    /// <summary>CUBIC (RFC 9438) with HyStart++ (RFC 9406): what most of the Internet uses.</summary>
    Cubic,

    /// <summary>NewReno (RFC 5681, RFC 6582): the textbook's.</summary>
    NewReno,

    /// <summary>BBR, version 3 as in draft-ietf-ccwg-bbr: a model of the path instead of loss.</summary>
    Bbr,
}
