using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>A data connection of FTP (RFC 959, 3.2), as its control connection announced it: a file, or a list of files.</summary>
/// <param name="transfer">What the control connection knows of it.</param>
internal sealed class FtpDataProtocol(FtpTransfer transfer) : StreamProtocol
{
    public static readonly StreamedProtocol Value = new(
        "ftp_data", OsiLayer.Application, "FTP Data", [], static (in StreamStart _) => new FtpDataProtocol(new FtpTransfer()), filter: "ftp-data");

    protected override StreamParser Make(bool fromClient) => new Parser(transfer);

    private sealed class Parser(FtpTransfer transfer) : StreamParser
    {
        private const int MaxFile = 32 << 20;

        private MemoryStream? _file;
        private int _held;
        private bool _isLost;

        public override Protocol Protocol => Value;

        public override bool HoldsBytes => _held > 0;

        public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
        {
            if (segment.Options.ObjectFound is null || _isLost)
            {
                return bytes.Length;
            }

            _file ??= new MemoryStream();
            if (_file.Length + bytes.Length > MaxFile)
            {
                Lose(segment);
                return bytes.Length;
            }

            _file.Write(bytes);
            if (_file.Capacity > _held)
            {
                if (!segment.TryHold(_file.Capacity - _held))
                {
                    Lose(segment);
                    return bytes.Length;
                }

                _held = _file.Capacity;
            }

            return bytes.Length;
        }

        public override void GiveUp() => (_file, _held, _isLost) = (null, 0, true);

        public override bool Skip(in StreamSegment segment, long missing)
        {
            Lose(segment);
            return true;
        }

        public override void OnEnd(in StreamSegment segment)
        {
            if (_file is { Length: > 0 } file && segment.Options.ObjectFound is { } found)
            {
                found(new CarriedObject(Value.Name, segment.PacketNumber, segment.Stream.Number, transfer.Name, null, file.GetBuffer().AsMemory(0, (int)file.Length)));
            }

            Lose(segment);
        }

        private void Lose(in StreamSegment segment)
        {
            segment.Release(_held);
            GiveUp();
        }
    }
}
