using System.Text.Json;
using NetLab.Host.Settings;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Recording;

/// <summary>What a link did to each datagram, and how it changed, as JSON Lines. Times are those of the monotonic clock, and dates.</summary>
internal sealed class LinkLog : IDisposable
{
    private readonly OutputFile _file;
    private readonly Utf8JsonWriter _json;
    private bool _ended;

    private LinkLog(OutputFile file)
    {
        _file = file;
        _json = new Utf8JsonWriter(file);
    }

    /// <summary>Opens a log; null if none is asked for.</summary>
    /// <exception cref="UsageException">It cannot be written there.</exception>
    public static LinkLog? Open(FileInfo? file) => file is null ? null : new LinkLog(OutputFile.Open("--log", file.FullName));

    /// <summary>Writes an entry. Called by one thread. A full disk ends the log, with a line on standard error, and not the link.</summary>
    public void Write(bool up, LinkOutcome outcome) => Guard(() => WriteEntry(up, outcome));

    /// <summary>Writes that the link is another one from now on. Called by the same thread.</summary>
    public void Write(bool up, LinkChange change) => Guard(() =>
    {
        Begin(up);
        WriteTime(change.At);
        _json.WriteString("change"u8, change.Direction.ToText());
        _json.WriteBoolean("down"u8, change.IsDown);
        End();
    });

    private void Guard(Action write)
    {
        if (_ended)
        {
            return;
        }

        try
        {
            write();
        }
        catch (IOException error)
        {
            Fail(error);
        }
    }

    private void WriteEntry(bool up, LinkOutcome outcome)
    {
        Begin(up);
        _json.WriteNumber("n"u8, outcome.Ordinal);
        WriteTime(outcome.EnteredAt);
        _json.WriteNumber("length"u8, outcome.Length);
        if (outcome.IsDropped)
        {
            _json.WriteNull("delay_us"u8);
        }
        else
        {
            _json.WriteNumber("delay_us"u8, (outcome.DeliverAt - outcome.EnteredAt).TotalMicroseconds);
        }

        if (outcome.Waited > TimeSpan.Zero || outcome.FoundBytes > 0)
        {
            _json.WriteNumber("waited_us"u8, outcome.Waited.TotalMicroseconds);
            _json.WriteNumber("found_bytes"u8, outcome.FoundBytes);
            _json.WriteNumber("found_datagrams"u8, outcome.FoundDatagrams);
        }

        _json.WriteStartArray("effects"u8);
        foreach (LinkEffects effect in Enum.GetValues<LinkEffects>())
        {
            if (effect != LinkEffects.None && outcome.Effects.HasFlag(effect))
            {
                _json.WriteStringValue(JsonNamingPolicy.SnakeCaseLower.ConvertName(effect.ToString()));
            }
        }

        _json.WriteEndArray();
        if (outcome.IsAside)
        {
            _json.WriteBoolean("aside"u8, true);
        }

        End();
    }

    private void Begin(bool up)
    {
        _json.WriteStartObject();
        _json.WriteString("direction"u8, up ? "up" : "down");
    }

    private void WriteTime(Instant at)
    {
        _json.WriteNumber("at_us"u8, at.Ticks / 10.0);
        _json.WriteString("time"u8, MonotonicClock.Shared.ToWallClock(at).UtcDateTime);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _file.WriteByte((byte)'\n');
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _json.Dispose();
            _file.Dispose();
        }
        catch (IOException error)
        {
            Fail(error);
        }
    }

    private void Fail(IOException error)
    {
        if (!_ended)
        {
            _ended = true;
            Console.Error.WriteLine($"nlab: --log: the log ended early: {error.Message}");
        }
    }
}
