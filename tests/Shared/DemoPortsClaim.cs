using System.Net;
using System.Net.Sockets;

namespace Shared;

/// <summary>
/// The right to run demo/FourNodes, whose ports are fixed. One test program of this machine has it at a time, and the others wait: test
/// programs run at once.
/// </summary>
public sealed class DemoPortsClaim : IDisposable
{
    // Below the ports of the demo. A listener ends with its process, so a killed program leaves no claim.
    private const int Port = 2550;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TcpListener _listener;

    private DemoPortsClaim(TcpListener listener) => _listener = listener;

    public static async Task<DemoPortsClaim> TakeAsync()
    {
        while (true)
        {
            TcpListener listener = new(IPAddress.Loopback, Port);
            try
            {
                listener.Start();
                return new DemoPortsClaim(listener);
            }
            catch (SocketException)
            {
                // Nothing tells that another process has ended its claim.
                listener.Dispose();
                await Task.Delay(Pause);
            }
        }
    }

    public void Dispose() => _listener.Dispose();
}
