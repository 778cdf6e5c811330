using System.Net;
using System.Net.Sockets;

namespace TrialKit;

/// <summary>Ports of the loopback address without a listener.</summary>
internal static class FreePorts
{
    // Below the ephemeral ports: otherwise a connection might take the port of a server that starts later.
    private const int First = 20_000;
    private const int Count = 12_000;

    // Spreads the first ports of parallel test programs, whose process ids are close. A port must stay free while its server restarts.
    private const int Stride = 7_417;

    private static int _last = (int)((long)Environment.ProcessId * Stride % Count);

    /// <summary>Returns a free port. It returns no port twice before all were used.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
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
