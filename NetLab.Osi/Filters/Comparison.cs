namespace NetLab.Osi.Filters;

/// <summary>How two values are compared.</summary>
internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
