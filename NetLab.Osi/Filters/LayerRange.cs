using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>Which of several layers of one protocol a field is looked for in: <c>ip.src#2</c>, <c>ip.src#[1-2]</c>, <c>ip.src#-1</c> for the last.</summary>
/// <param name="First">The first, from 1; below 0 counted from the last.</param>
/// <param name="Last">The last that counts.</param>
internal readonly record struct LayerRange(int First, int Last)
{
    public static bool Includes(LayerRange[] ranges, in PacketView view, int index)
    {
        ReadOnlySpan<LayerEntry> entries = view.Decoded.Entries;
        Protocol protocol = entries[index].Protocol;
        int number = 0;
        int count = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Protocol == protocol)
            {
                count++;
                number = i == index ? count : number;
            }
        }

        foreach (LayerRange range in ranges)
        {
            int first = range.First < 0 ? count + 1 + range.First : range.First;
            int last = range.Last < 0 ? count + 1 + range.Last : range.Last;
            if (number >= first && number <= last)
            {
                return true;
            }
        }

        return false;
    }
}
