using System.Text;

namespace NetLab.Host.Plots;

/// <summary>The data of an SVG path.</summary>
internal sealed class SvgPath
{
    private readonly StringBuilder _data = new();

    public bool IsEmpty => _data.Length == 0;

    public void Move(double x, double y) => Add('M', x, y);

    public void Line(double x, double y) => Add('L', x, y);

    public override string ToString() => _data.ToString();

    private void Add(char command, double x, double y) =>
        _data.Append(command).Append(SvgText.Coordinate(x)).Append(',').Append(SvgText.Coordinate(y));
}
