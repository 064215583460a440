namespace NetLab.Osi.Filters;

/// <summary>A piece of a filter expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The piece; of a text, what it stands for.</param>
/// <param name="At">Where it begins, from 0.</param>
/// <param name="Bytes">Of a text, its bytes: an escape may stand for a byte that no text has.</param>
internal sealed record FilterToken(FilterTokenKind Kind, string Text, int At, byte[]? Bytes = null)
{
    public bool Is(string symbol) => Kind == FilterTokenKind.Symbol && Text == symbol;
}
