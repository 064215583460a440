using NetLab.Osi.Queries;

namespace NetLab.Host.Tables;

/// <summary>The values of some packets on their way from the thread that decodes to the one that gathers rows. Used by one thread at a time.</summary>
internal sealed class PacketBatch
{
    // Few enough that they are still near the processor when the other thread comes to them.
    private const int Size = 64;

    private readonly PacketFields[] _fields = new PacketFields[Size];
    private readonly Place[] _places = new Place[Size];
    private int _count;

    /// <summary>Makes room.</summary>
    /// <param name="like">What is wanted of packets.</param>
    public PacketBatch(PacketFields like)
    {
        for (int i = 0; i < Size; i++)
        {
            _fields[i] = new PacketFields(like);
        }
    }

    /// <summary>Whether there is no room left.</summary>
    public bool IsFull => _count == Size;

    /// <summary>Where the values of the next packet come; there has to be room.</summary>
    public PacketFields Next => _fields[_count];

    /// <summary>Keeps the packet whose values were read into <see cref="Next"/>.</summary>
    /// <param name="partition">The folder of its row's file.</param>
    /// <param name="file">The capture that it is of.</param>
    /// <param name="offset">Where it begins there; negative if that is not known.</param>
    public void Keep(string partition, string file, long offset) => _places[_count++] = new Place(partition, file, offset);

    /// <summary>Takes out all packets, in their order.</summary>
    /// <param name="take">Told of each: its values, the folder of its row's file, its capture, and where it begins there.</param>
    public void TakeAll(Action<PacketFields, string, string, long> take)
    {
        for (int i = 0; i < _count; i++)
        {
            take(_fields[i], _places[i].Partition, _places[i].File, _places[i].Offset);
        }

        _count = 0;
    }

    private readonly record struct Place(string Partition, string File, long Offset);
}
