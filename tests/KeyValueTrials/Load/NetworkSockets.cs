using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace KeyValueTrials.Load;

/// <summary>Connections from a network namespace. A socket stays in the namespace of the thread that created it.</summary>
internal static partial class NetworkSockets
{
    private const int NewNetwork = 0x40000000;

    /// <param name="network">The name of the namespace; empty: that of this process.</param>
    public static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ConnectFrom(string network) =>
        async (context, stop) =>
        {
            var socket = network.Length == 0 ? Create() : CreateIn(network);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port), stop);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };

    private static Socket Create() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static Socket CreateIn(string network)
    {
        Socket? socket = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{network}");
                socket = EnterNamespace(file, NewNetwork) == 0 ? Create() : throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
            catch (Exception e) when (e is IOException or Win32Exception or SocketException)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new IOException($"Cannot make a socket in the namespace {network}.", failure);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int EnterNamespace(SafeFileHandle file, int kind);
}
