namespace TrialKit;

/// <summary>
/// An Ethernet switch between TAP devices, on a thread of its own. It drops, repeats and delays frames. A host that it serves has the
/// address <see cref="AddressOf"/>, so the switch has nothing to learn.
/// </summary>
internal sealed partial class Switch : IDisposable
{
    private const int FrameMax = 65_536;
    private const int AddressLength = 6;
    private const short Readable = 1;

    // The thread sees within this time that it has to end.
    private const int WaitMaxMs = 50;

    private readonly FileStream[] _ports;
    private readonly PriorityQueue<(int Port, byte[] Frame), (long At, long Number)> _delayed = new();
    private readonly Thread _thread;
    private long _delayedCount;
    private volatile Rules _rules = new();
    private volatile bool _isDisposed;

    /// <param name="ports">The devices of hosts 1, 2 and so on. The switch closes them.</param>
    public Switch(FileStream[] ports)
    {
        _ports = ports;
        _thread = new Thread(Run) { IsBackground = true, Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    public Rules Rules
    {
        set => _rules = value;
    }

    /// <summary>The Ethernet address of a host, by its number from 1.</summary>
    public static string AddressOf(int number) => $"02:00:00:00:00:{number:x2}";

    public void Dispose()
    {
        _isDisposed = true;
        _thread.Join();
        Array.ForEach(_ports, port => port.Dispose());
    }

    private void Run()
    {
        var frame = new byte[FrameMax];
        Polled[] polled = [.. _ports.Select(port => new Polled((int)port.SafeFileHandle.DangerousGetHandle(), Readable, 0))];
        while (!_isDisposed)
        {
            var isAnyReadable = Poll(polled, (nuint)polled.Length, MsToWait()) > 0;
            SendDue();
            for (var port = 0; isAnyReadable && port < _ports.Length; port++)
            {
                if ((polled[port].Found & Readable) != 0)
                {
                    Forward(port, frame.AsSpan(0, _ports[port].Read(frame)));
                }
            }
        }
    }

    private int MsToWait() => !_delayed.TryPeek(out _, out var next) ? WaitMaxMs
        : (int)Math.Clamp(Math.Ceiling((next.At - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency), 0, WaitMaxMs);

    private void SendDue()
    {
        while (_delayed.TryPeek(out var due, out var next) && next.At <= Stopwatch.GetTimestamp())
        {
            _delayed.Dequeue();
            _ports[due.Port].Write(due.Frame);
        }
    }

    private void Forward(int from, ReadOnlySpan<byte> frame)
    {
        if (frame.Length < AddressLength)
        {
            return;
        }

        // The lowest bit of the first byte marks a broadcast or multicast. Otherwise the last byte of the address is the host's number.
        var (isForAll, target) = ((frame[0] & 1) != 0, frame[AddressLength - 1] - 1);
        for (var to = 0; to < _ports.Length; to++)
        {
            if (to != from && (isForAll || to == target))
            {
                Send(from, to, frame, _rules);
            }
        }
    }

    private void Send(int from, int to, ReadOnlySpan<byte> frame, Rules rules)
    {
        if (rules.Cut?.Contains((from + 1, to + 1)) == true || Random.Shared.NextDouble() < rules.Loss)
        {
            return;
        }

        for (var copies = Random.Shared.NextDouble() < rules.Repeated ? 2 : 1; copies > 0; copies--)
        {
            var delayMs = rules.DelayMs + (rules.JitterMs * ((2 * Random.Shared.NextDouble()) - 1));
            if (delayMs > 0)
            {
                var at = Stopwatch.GetTimestamp() + (long)(delayMs * Stopwatch.Frequency / 1000);
                _delayed.Enqueue((to, frame.ToArray()), (at, _delayedCount++));
            }
            else
            {
                _ports[to].Write(frame);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll([In, Out] Polled[] files, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Polled(int File, short Wanted, short Found);
}
