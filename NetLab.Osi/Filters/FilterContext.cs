using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>A packet as a filter sees it: its layers, and the values that were taken out of it.</summary>
internal readonly ref struct FilterContext(PacketView view, FieldCollector fields, FilterScratch scratch)
{
    public PacketView View { get; } = view;

    public FieldCollector Fields { get; } = fields;

    /// <summary>Room for values that are made while it is looked at.</summary>
    public FilterScratch Scratch { get; } = scratch;
}
