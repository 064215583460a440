using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using NetLab.Host.Captures;
using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;
using NetLab.Osi.Queries;
using Field = NetLab.Osi.Protocols.Field;

namespace NetLab.Host.Tables;

/// <summary>The table <c>packets</c> of a capture as an Arrow IPC stream, a record batch at a time (Arrow columnar format, IPC streaming format). Used by one thread.</summary>
internal sealed class ArrowExport : IDisposable
{
    // Rows that go out together: a reader gets the first of them soon, and has few batches to put together.
    private const int RowsTogether = 16_384;

    private readonly CaptureInput _input;
    private readonly PacketFields _values;
    private readonly PacketRows _rows;
    private readonly Schema _schema;
    private readonly ArrowStreamWriter _writer;
    private long _count;

    /// <summary>Begins.</summary>
    /// <param name="output">Where it is written; stays open.</param>
    /// <param name="input">The capture.</param>
    /// <param name="fields">The columns; null for the usual ones.</param>
    public ArrowExport(Stream output, CaptureInput input, IReadOnlyList<Field>? fields)
    {
        _input = input;
        IReadOnlyList<Field> columns = PacketRows.FieldsOf(fields, input.Protocols);
        _values = new PacketFields(columns);
        _rows = new PacketRows(columns, new AddressTexts());
        _schema = new Schema(_rows.Columns.Select(c => new Apache.Arrow.Field(c.Name, c.IsList ? new ListType(c.ArrowType) : c.ArrowType, nullable: true)), null);
        _writer = new ArrowStreamWriter(output, _schema, leaveOpen: true);
    }

    /// <summary>Puts a packet into the table.</summary>
    public void Add(in CapturedPacket packet, DecodedPacket decoded)
    {
        _values.Read(decoded, packet.Bytes);
        _rows.Add(packet, _values, packet.File == 0 ? _input.Path : _input.Others![packet.File - 1]);
        _rows.EndRow();
        _count++;
        if (_rows.Count == RowsTogether)
        {
            Write();
        }
    }

    /// <summary>Writes what is left, and the mark of the stream's end.</summary>
    public void Complete()
    {
        // No packet is a table, too: its reader learns the columns.
        _writer.WriteStart();
        if (_rows.Count > 0)
        {
            Write();
        }

        _writer.WriteEnd();
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_count} packets"));
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void Write()
    {
        using (var batch = new RecordBatch(_schema, _rows.Columns.Select(c => c.ToArrow()), _rows.Count))
        {
            _writer.WriteRecordBatch(batch);
        }

        _rows.Clear();
    }
}
