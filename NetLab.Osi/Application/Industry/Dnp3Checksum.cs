namespace NetLab.Osi.Application.Industry;

/// <summary>The checksum of DNP3's blocks (IEEE 1815, 9.2.4.3): polynomial 0x3D65, reflected, complemented.</summary>
internal static class Dnp3Checksum
{
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xA6BC : crc >> 1;
            }
        }

        return (int)(~crc & 0xFFFF);
    }
}
