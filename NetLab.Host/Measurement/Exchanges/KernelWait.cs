using System.Diagnostics;
using System.Net.Sockets;

namespace NetLab.Host.Measurement.Exchanges;

/// <summary>
/// How a thread waits for one of the kernel's sockets: asleep, or first looking again and again while data comes quickly, as NetLab's TCP
/// does when it polls. For one thread.
/// </summary>
internal sealed class KernelWait(bool polls)
{
    private long _lastAt;
    private bool _isBrisk;

    /// <summary>Receives, and waits for something to receive.</summary>
    public int Receive(Socket socket, Span<byte> buffer)
    {
        Wait(socket);
        return socket.Receive(buffer);
    }

    /// <summary>Waits until there is something, or until sleeping is better.</summary>
    public void Wait(Socket socket)
    {
        if (!polls)
        {
            return;
        }

        long from = Stopwatch.GetTimestamp();
        bool ready = socket.Poll(0, SelectMode.SelectRead);
        while (!ready && _isBrisk && Stopwatch.GetElapsedTime(from) < Polling.Time)
        {
            ready = socket.Poll(0, SelectMode.SelectRead);
        }

        if (!ready)
        {
            socket.Poll(-1, SelectMode.SelectRead);
        }

        long now = Stopwatch.GetTimestamp();
        (_isBrisk, _lastAt) = (Stopwatch.GetElapsedTime(_lastAt, now) < Polling.Time, now);
    }
}
