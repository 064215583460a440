using System.Text;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

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
        public static readonly Field Password = Field.Bytes("password", about: "Password");

        // Wireshark has the text of the password there, as many bytes of it as the password has.
        public static readonly Field PasswordText = Field.Bytes(null, "wol.passwd", about: "The first bytes of the password's text");

        public static readonly Field[] All = [Sync, Mac, Password, PasswordText];
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
            ReadOnlySpan<byte> password = view.BytesOf(index)[Size..];
            int at = view[index].Offset + Size;
            sink.Bytes(Fields.Password, password, at);
            if (sink.Wants(Fields.PasswordText))
            {
                string text = length == 4 ? AddressText.Ip(password) : AddressText.Mac(password);
                sink.Bytes(Fields.PasswordText, Encoding.ASCII.GetBytes(text).AsSpan(0, length), at);
            }
        }
    }
}
