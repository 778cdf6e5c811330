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

    // Each test program has a block of its own, because a port must stay free until its server starts, and while it restarts.
    private const int Blocks = 8;
    private const int BlockSize = Count / Blocks;

    // A program listens here as long as it has the block.
    private const int FirstClaim = First - Blocks;

    private static readonly (int Block, TcpListener? Claim) Own = Claim();

    private static int _last;

    /// <summary>Returns a free port. It returns no port twice before all were used.</summary>
    public static int Next()
    {
        while (true)
        {
            var number = (Own.Block * BlockSize) + (Interlocked.Increment(ref _last) % BlockSize);
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

    // With more programs than blocks some share one.
    private static (int Block, TcpListener? Claim) Claim()
    {
        foreach (var block in Enumerable.Range(Environment.ProcessId, Blocks).Select(number => number % Blocks))
        {
            TcpListener claim = new(IPAddress.Loopback, FirstClaim + block);
            try
            {
                claim.Start();
                return (block, claim);
            }
            catch (SocketException)
            {
                claim.Dispose();
            }
        }

        return (Environment.ProcessId % Blocks, null);
    }

    /// <summary>Returns that many different free ports.</summary>
    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
}
