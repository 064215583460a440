namespace NetLab.Tcp.Segments;

/// <summary>
/// The AccECN option (RFC 9768, 3.2.3): bytes of payload that arrived with each ECN field, modulo 2^24. Fields at the end may be
/// left out; those that are left out are zero here.
/// </summary>
/// <param name="Ect0">EE0B: bytes that arrived as ECT(0), and the initial 1.</param>
/// <param name="Ce">ECEB: bytes that arrived marked.</param>
/// <param name="Ect1">EE1B: bytes that arrived as ECT(1), and the initial 1.</param>
/// <param name="Fields">How many fields there are, 0 to 3.</param>
/// <param name="Ect1First">Order 1: EE1B, ECEB, EE0B; otherwise order 0: EE0B, ECEB, EE1B.</param>
public readonly record struct AccurateEcnCounters(uint Ect0, uint Ce, uint Ect1, int Fields = 3, bool Ect1First = false)
{
    /// <summary>The fields count modulo this.</summary>
    public const uint Modulus = 1 << 24;

    /// <summary>Whether EE0B is among the fields.</summary>
    public bool HasEct0 => Fields > (Ect1First ? 2 : 0);

    /// <summary>Whether ECEB is among the fields.</summary>
    public bool HasCe => Fields > 1;

    /// <summary>Whether EE1B is among the fields.</summary>
    public bool HasEct1 => Fields > (Ect1First ? 0 : 2);

    /// <summary>Bytes of the option without padding (table 5).</summary>
    public int Length => 2 + (3 * Fields);

    /// <summary>A field by its place on the wire.</summary>
    internal uint this[int index] => index == 1 ? Ce : (index == 0) == Ect1First ? Ect1 : Ect0;
}
