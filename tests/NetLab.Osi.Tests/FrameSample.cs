using System.Text;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Tests;

/// <summary>A frame made from a protocol's specification, and columns of it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="LinkType">LINKTYPE_ number.</param>
/// <param name="Frame">The frame in hexadecimal digits.</param>
/// <param name="Columns">Names of columns, separated by commas.</param>
/// <param name="Values">What stands in them, separated by bars.</param>
public sealed record FrameSample(string Name, int LinkType, string Frame, string Columns, string Values)
{
    public override string ToString() => Name;

    internal byte[] Bytes => Convert.FromHexString(Frame);

    /// <summary>What a decoder puts into the columns, separated by bars.</summary>
    internal string Decode()
    {
        using var output = new MemoryStream();
        List<Field> fields = [];
        foreach (string column in Columns.Split(','))
        {
            Assert.True(BuiltInProtocols.Registry.TryFindField(column, out Field? field), $"there is no field {column}");
            fields.Add(field);
        }

        var table = new ColumnTable(output, fields, ColumnFormat.Tsv);
        var decoded = new DecodedPacket();
        byte[] bytes = Bytes;
        new PacketDecoder().Decode(new CapturedPacket(1, new CaptureInterface(LinkType, 0), 0, bytes.Length, bytes), decoded);
        table.Write(decoded, bytes);
        table.Flush();
        return Encoding.UTF8.GetString(output.ToArray()).Split('\n')[1].Replace('\t', '|');
    }
}
