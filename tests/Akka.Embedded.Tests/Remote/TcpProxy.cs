using System.Net;
using System.Net.Sockets;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Passes bytes between two systems, until it cuts the connections, or holds the bytes back as a cut cable would.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private TaskCompletionSource _open = Opened();

    public TcpProxy()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Where connections are passed on to; until it is set they are closed at once.</summary>
    public int TargetPort { get; set; }

    /// <summary>From now on nothing gets through, and nobody is told.</summary>
    public void Freeze() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _open.TrySetResult();

    /// <summary>Closes all connections; new ones are welcome.</summary>
    public void Cut()
    {
        lock (_sockets)
        {
            _sockets.ForEach(socket => socket.Dispose());
            _sockets.Clear();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
        Thaw();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ConnectAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The proxy was disposed of.
        }
    }

    private async Task ConnectAsync(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, TargetPort);
        }
        catch (Exception end) when (end is SocketException or ArgumentException)
        {
            // There is no target yet, or no more.
            near.Dispose();
            far.Dispose();
            return;
        }
        lock (_sockets)
        {
            _sockets.AddRange([near, far]);
        }
        await Task.WhenAll(PumpAsync(near, far), PumpAsync(far, near));
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                await _open.Task;
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // One end is gone, so the other one is to be told; but a cut cable tells nobody.
        }
        await _open.Task;
        from.Dispose();
        to.Dispose();
    }
}
