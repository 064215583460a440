namespace NetLab.Osi.Rendering;

/// <summary>How columns are written.</summary>
public enum ColumnFormat
{
    /// <summary>TAB between columns, one header line; several values of a field with commas between.</summary>
    Tsv,

    /// <summary>Commas between columns, quoted where needed (RFC 4180), one header line.</summary>
    Csv,

    /// <summary>An object a line; several values of a field as a list, absent ones left out.</summary>
    Json,
}
