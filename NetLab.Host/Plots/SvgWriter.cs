using System.Text;

namespace NetLab.Host.Plots;

/// <summary>Writes the elements of an SVG document.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _text = new();

    public void Open(double width, double height, string style, string title)
    {
        string size = $"{SvgText.Coordinate(width)} {SvgText.Coordinate(height)}";
        _text.Append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"").Append(SvgText.Coordinate(width))
            .Append("\" height=\"").Append(SvgText.Coordinate(height)).Append("\" viewBox=\"0 0 ").Append(size).Append("\">\n<title>")
            .Append(SvgText.Escape(title)).Append("</title>\n<style>\n").Append(style).Append("</style>\n");
        Rectangle(0, 0, width, height, "p");
    }

    public string Close() => _text.Append("</svg>\n").ToString();

    public void Path(SvgPath path, string classes, string? description = null)
    {
        if (!path.IsEmpty)
        {
            Element($"<path class=\"{classes}\" d=\"{path}\"", "path", description);
        }
    }

    public void Mark(MarkShape shape, double x, double y, string classes, string? description)
    {
        string filled = MarkShapes.IsFilled(shape) ? " k" : "";
        Element($"<path class=\"{classes}{filled}\" transform=\"translate({SvgText.Coordinate(x)},{SvgText.Coordinate(y)})\" d=\"{MarkShapes.Outline(shape)}\"", "path", description);
    }

    public void Rectangle(double x, double y, double width, double height, string classes) =>
        Element($"<rect class=\"{classes}\" x=\"{SvgText.Coordinate(x)}\" y=\"{SvgText.Coordinate(y)}\" width=\"{SvgText.Coordinate(Math.Max(0, width))}\" height=\"{SvgText.Coordinate(Math.Max(0, height))}\"", "rect", null);

    public void Text(double x, double y, string text, string classes, string transform = "") =>
        _text.Append("<text class=\"").Append(classes).Append("\" x=\"").Append(SvgText.Coordinate(x)).Append("\" y=\"").Append(SvgText.Coordinate(y))
            .Append('"').Append(transform).Append('>').Append(SvgText.Escape(text)).Append("</text>\n");

    /// <summary>Begins a group, by a name that no other group of the document has, that shows nothing outside a rectangle.</summary>
    public void BeginClip(string id, double x, double y, double width, double height)
    {
        _text.Append("<clipPath id=\"").Append(id).Append("\"><rect x=\"").Append(SvgText.Coordinate(x)).Append("\" y=\"").Append(SvgText.Coordinate(y))
            .Append("\" width=\"").Append(SvgText.Coordinate(width)).Append("\" height=\"").Append(SvgText.Coordinate(height))
            .Append("\"/></clipPath>\n<g clip-path=\"url(#").Append(id).Append(")\">\n");
    }

    public void EndClip() => _text.Append("</g>\n");

    private void Element(string start, string name, string? description)
    {
        _text.Append(start);
        if (description is null)
        {
            _text.Append("/>\n");
        }
        else
        {
            _text.Append("><title>").Append(SvgText.Escape(description)).Append("</title></").Append(name).Append(">\n");
        }
    }
}
