using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests;

/// <summary>Takes all fields, those that only filters and columns know included, and keeps none.</summary>
internal sealed class AllFields : IFieldSink
{
    bool IFieldSink.WantsHidden => true;

    public void Number(Field field, long value, int offset, int length)
    {
    }

    public void Text(Field field, ReadOnlySpan<byte> value, int offset, int length)
    {
    }

    public void Text(Field field, string value, int offset, int length)
    {
    }
}
