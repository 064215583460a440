using System.Buffers;
using System.Globalization;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;
using NetLab.Osi.Text;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Application;

/// <summary>Files that TFTP carries (RFC 1350), put together block by block for whoever asked for objects.</summary>
internal sealed class TftpTransfers
{
    public static readonly MemorySlot<TftpTransfers> Slot = new(static () => new TftpTransfers());

    private const int DefaultBlockSize = 512;
    private const int MaxTransfers = 256;
    private const long MaxBytes = 64 << 20;

    // By the end that asked: it keeps its port, and the other end answers from one of its own (RFC 1350, 4).
    private readonly Dictionary<(AddressNumber Address, int Port), Transfer> _open = [];
    private readonly Queue<(AddressNumber Address, int Port)> _order = new();
    private long _held;

    /// <summary>A request to read or to write a file.</summary>
    public void Begin(AddressNumber address, int port, ReadOnlySpan<byte> file, bool isRead)
    {
        Forget((address, port));
        while (_order.Count >= MaxTransfers)
        {
            Forget(_order.Dequeue());
        }

        _open[(address, port)] = new Transfer(AsciiText.Text(file), isRead);
        _order.Enqueue((address, port));
    }

    /// <summary>The answer to a request with options: the block size may be another (RFC 2348).</summary>
    public void Accept(in UdpEnds ends, ReadOnlySpan<byte> options)
    {
        if (!_open.TryGetValue((ends.Destination, ends.DestinationPort), out Transfer? transfer))
        {
            return;
        }

        while (!options.IsEmpty)
        {
            ReadOnlySpan<byte> name = Next(ref options);
            ReadOnlySpan<byte> value = Next(ref options);
            if (AsciiText.Same(name, "blksize"u8) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 0)
            {
                transfer.BlockSize = size;
            }
        }
    }

    /// <summary>A block of data.</summary>
    /// <returns>The file, once its last block has come; null before.</returns>
    public CarriedObject? Add(in UdpEnds ends, int block, ReadOnlySpan<byte> data, long packet, int conversation)
    {
        (AddressNumber, int) key = (ends.Destination, ends.DestinationPort);
        if (!_open.TryGetValue(key, out Transfer? transfer) || !transfer.IsRead)
        {
            key = (ends.Source, ends.SourcePort);
            if (!_open.TryGetValue(key, out transfer) || transfer.IsRead)
            {
                return null;
            }
        }

        if (block == (transfer.LastBlock & 0xFFFF))
        {
            // Sent again.
            return null;
        }

        if (block != ((transfer.LastBlock + 1) & 0xFFFF) || _held + data.Length > MaxBytes)
        {
            // A block is missing in the capture, or there is too much of it.
            Forget(key);
            return null;
        }

        transfer.LastBlock++;
        transfer.Content.Write(data);
        _held += data.Length;
        if (data.Length >= transfer.BlockSize)
        {
            return null;
        }

        byte[] content = transfer.Content.WrittenSpan.ToArray();
        Forget(key);
        return new CarriedObject("tftp", packet, conversation, transfer.File, null, content);
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> word = AsciiText.First(rest, [0]);
        rest = rest[Math.Min(rest.Length, word.Length + 1)..];
        return word;
    }

    private void Forget((AddressNumber Address, int Port) key)
    {
        if (_open.Remove(key, out Transfer? transfer))
        {
            _held -= transfer.Content.WrittenCount;
        }
    }

    private sealed class Transfer(string file, bool isRead)
    {
        public string File { get; } = file;

        public bool IsRead { get; } = isRead;

        public int BlockSize { get; set; } = DefaultBlockSize;

        public int LastBlock { get; set; }

        public ArrayBufferWriter<byte> Content { get; } = new();
    }
}
