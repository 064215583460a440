using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>Wake-on-LAN (AMD, Magic Packet Technology): six bytes 0xFF, sixteen times an address, and perhaps a password.</summary>
internal static class WakeOnLanProtocol
{
    public static readonly Protocol Value = new("wol", OsiLayer.Application, "Wake-on-LAN", Fields.All, Dissect, Describe) { Begins = Begins };

    private const int SyncSize = 6;
    private const int Repetitions = 16;
    private const int Size = SyncSize * (1 + Repetitions);

    private static class Fields
    {
        public static readonly Field Sync = Field.Bytes(null, "wol.sync", at: 0, size: SyncSize, about: "Six bytes 0xFF");
        public static readonly Field Mac = Field.Mac("mac", "wol.mac", at: SyncSize, about: "Who is to wake up");
        public static readonly Field Password = Field.Bytes("password", "wol.passwd", about: "Password");

        public static readonly Field[] All = [Sync, Mac, Password];
    }

    /// <summary>Whether bytes begin with a magic packet.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size || bytes[..SyncSize].IndexOfAnyExcept((byte)0xFF) >= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> address = bytes.Slice(SyncSize, SyncSize);
        for (int i = 2; i <= Repetitions; i++)
        {
            if (!bytes.Slice(SyncSize * i, SyncSize).SequenceEqual(address))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (!Begins(dissection.Bytes[offset..end]))
        {
            return false;
        }

        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        for (int i = 1; sink.WantsHidden && i < Repetitions; i++)
        {
            sink.Mac(Fields.Mac, view.BytesOf(index).Slice(SyncSize * (i + 1), SyncSize), view[index].Offset + (SyncSize * (i + 1)));
        }

        int length = view[index].Length - Size;
        if (length is 4 or 6)
        {
            sink.Bytes(Fields.Password, view.BytesOf(index)[Size..], view[index].Offset + Size);
        }
    }
}
