using System.Net;
using System.Net.Sockets;

namespace Shared;

/// <summary>
/// Ports of the loopback address without a listener. A node with one has raft's port beside it, so that one is free too and given to no
/// other.
/// </summary>
public static class FreePorts
{
    // Below the ephemeral ports: otherwise a connection might take the port of a server that starts later.
    private const int First = 16_000;
    private const int Count = 8_000;

    // The default of raft.transport-tcp.port-offset. So the even thousands are given, and the odd ones are beside them.
    private const int Offset = 1000;

    // Spreads the first ports of parallel test programs, whose process ids are close. A port must stay free while its server restarts.
    private const int Stride = 7_417;

    private static int _last = (int)((long)Environment.ProcessId * Stride % Count);

    /// <summary>Returns a free port. It returns no port twice before all were used.</summary>
    public static int Next()
    {
        while (true)
        {
            var number = Interlocked.Increment(ref _last) % Count;
            var port = First + number + (number / Offset * Offset);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                using var beside = new TcpListener(IPAddress.Loopback, port + Offset);
                beside.Start();
                return port;
            }
            catch (SocketException)
            {
            }
        }
    }

    /// <summary>Returns that many different free ports.</summary>
    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
