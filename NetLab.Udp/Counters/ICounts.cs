namespace NetLab.Udp.Counters;

/// <summary>Counts that can be added up.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface ICounts<in TSelf>
{
    /// <summary>Adds another's counts to these.</summary>
    void Add(TSelf other);
}
