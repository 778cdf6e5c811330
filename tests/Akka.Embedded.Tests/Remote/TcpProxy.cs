using System.Net;
using System.Net.Sockets;

namespace Akka.Embedded.Tests.Remote;

/// <summary>Forwards bytes between two systems. It can close its connections, or hold back bytes like a cut cable.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private TaskCompletionSource _open = Opened();
    private long _bytesUntilFreeze = long.MaxValue;

    public TcpProxy()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The port to which connections are forwarded. Until it is set, they are closed at once.</summary>
    public int TargetPort { get; set; }

    /// <summary>Holds back all bytes from now on. Connections stay open.</summary>
    public void Freeze() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw()
    {
        Interlocked.Exchange(ref _bytesUntilFreeze, long.MaxValue);
        _open.TrySetResult();
    }

    /// <summary>Forwards about so many bytes, and holds back the rest.</summary>
    public void ThawFor(long bytes)
    {
        Interlocked.Exchange(ref _bytesUntilFreeze, bytes);
        _open.TrySetResult();
    }

    /// <summary>Closes all connections. It accepts new ones.</summary>
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
            // The proxy was disposed.
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
            // The target does not listen.
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
                if (Interlocked.Add(ref _bytesUntilFreeze, -count) < 0)
                {
                    Freeze();
                    Interlocked.Exchange(ref _bytesUntilFreeze, long.MaxValue);
                    await _open.Task;
                }
                await to.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // One end is gone. Close the other one, unless the proxy is frozen like a cut cable.
        }
        await _open.Task;
        from.Dispose();
        to.Dispose();
    }
}
