using System.Net;
using System.Net.Sockets;

namespace TrialKit;

/// <summary>Ports of the loopback address that nobody listens on.</summary>
internal static class FreePorts
{
    // Below those that the system gives to connections, or a connection might get the port of a server that starts later.
    private const int First = 20_000;
    private const int Count = 12_000;

    // Programs that run side by side begin far from each other, whose process numbers are close: one may stop a server for a while.
    private const int Stride = 7_417;

    private static int _last = (int)((long)Environment.ProcessId * Stride % Count);

    /// <summary>Each port once, as long as this program runs.</summary>
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

    /// <summary>As many different ports.</summary>
    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
