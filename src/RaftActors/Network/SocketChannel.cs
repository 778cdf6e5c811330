using System.Net;
using System.Net.Security;
using System.Net.Sockets;

using RaftActors.Security;

namespace RaftActors.Network;

/// <summary>A connection by TCP, plain or encrypted by TLS.</summary>
/// <param name="blocks">True: the handshake blocks its thread instead of awaiting. .NET's own thread for sockets wakes at each message of
/// a socket that was awaited once, and it would do so before the thread that receives.</param>
internal sealed class SocketChannel(Socket socket, bool blocks = false) : ByteChannel
{
    // IPPROTO_TCP and TCP_USER_TIMEOUT of Linux.
    private const int TcpLevel = 6;
    private const int TcpUserTimeout = 18;

    // Firewalls forget a connection without bytes, often after some minutes. Two followers exchange none until they elect a leader.
    private const int IdleSeconds = 15;
    private const int ProbeSeconds = 5;
    private const int Probes = 3;

    // Without load, the answer of another node comes within microseconds, and to wake a thread takes longer than that. With three processes
    // in memory and one client, the looks raised the rate of Appends from 10,811 and 11,610 a second to 13,036 and 14,808.
    private const int LooksBeforeWait = 10;

    // Far longer than the pause between two heartbeats of a working group.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private bool _blocks = blocks;
    private bool _receivesOnThread;
    private SealingStream? _sealing;
    private volatile SslStream? _tls;

    /// <inheritdoc/>
    public override IPAddress From { get; } = (EndOf(socket) as IPEndPoint)?.Address ?? IPAddress.None;

    /// <inheritdoc/>
    public override bool HasBytes => socket.Available > 0;

    /// <inheritdoc/>
    public override int KeptBytes => _sealing?.Size ?? 0;

    /// <inheritdoc/>
    public override async Task ConnectAsync(string host, int port, CancellationToken cancellation)
    {
        await socket.ConnectAsync(host, port, cancellation);
        if (Equals(socket.LocalEndPoint, socket.RemoteEndPoint))
        {
            // The port is in the range that the system assigns to clients, and it gave this socket the very port that it wants to reach.
            throw new SocketException((int)SocketError.ConnectionRefused);
        }
    }

    /// <inheritdoc/>
    public override void KeepAlive()
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    /// <inheritdoc/>
    public override void EndWithoutAnswer()
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes((int)AnswerTimeout.TotalMilliseconds));
        }
    }

    /// <inheritdoc/>
    public override Task<PeerIdentity> AuthenticateAsServerAsync(CertificateCredentials credentials, CancellationToken cancellation) =>
        credentials.AuthenticateAsServerAsync(BeginTls(), cancellation);

    /// <inheritdoc/>
    public override Task<PeerIdentity> AuthenticateAsClientAsync(
        CertificateCredentials credentials, string host, CancellationToken cancellation) =>
        credentials.AuthenticateAsClientAsync(BeginTls(), host, cancellation);

    /// <inheritdoc/>
    public override void Begin(bool keepsThread)
    {
        _receivesOnThread = keepsThread;
        _blocks = false;
        socket.Blocking = keepsThread;
        _sealing?.Collect();
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (_tls is { } tls)
        {
            await tls.WriteAsync(bytes, cancellation).ConfigureAwait(false);
            return;
        }

        while (!bytes.IsEmpty)
        {
            bytes = bytes[(_blocks ? socket.Send(bytes.Span) : await socket.SendAsync(bytes, cancellation).ConfigureAwait(false))..];
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReceiveAsync(Memory<byte> bytes, CancellationToken cancellation = default)
    {
        if (_receivesOnThread)
        {
            return ValueTask.FromResult(Receive(bytes.Span));
        }

        if (_tls is { } tls)
        {
            return tls.ReadAsync(bytes, cancellation);
        }

        return _blocks ? ValueTask.FromResult(socket.Receive(bytes.Span)) : socket.ReceiveAsync(bytes, cancellation);
    }

    /// <inheritdoc/>
    public override ArraySegment<byte> Seal(ArraySegment<byte> bytes)
    {
        if (_tls is not { } tls || _sealing is not { } sealing)
        {
            return bytes;
        }

        tls.Write(bytes);
        return sealing.Take();
    }

    /// <inheritdoc/>
    public override bool TrySendNow(ArraySegment<byte> bytes, out int sent)
    {
        sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error is SocketError.Success or SocketError.WouldBlock;
    }

    /// <inheritdoc/>
    public override void OnSent(int keptSize) => _sealing?.Reset(keptSize);

    /// <inheritdoc/>
    public override Task<int> SendAsync(ArraySegment<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None);

    /// <inheritdoc/>
    public override void Finish()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended, which its owner knows.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        socket.Dispose();

        // TLS holds memory outside of the garbage collector's, which would free it late in a flood of connections.
        _tls?.Dispose();
    }

    private static EndPoint? EndOf(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    // Looks for bytes a few times while other threads may run, and then blocks until there are any.
    private int Receive(Span<byte> bytes)
    {
        for (var look = 0; look < LooksBeforeWait && socket.Available == 0; look++)
        {
            Thread.Yield();
        }

        return _tls is { } tls ? tls.Read(bytes) : socket.Receive(bytes);
    }

    private SslStream BeginTls()
    {
        _sealing = new SealingStream(socket, _blocks);
        return _tls = new SslStream(_sealing, leaveInnerStreamOpen: false);
    }
}

/// <summary>Connections by TCP.</summary>
internal sealed class SocketChannels : IChannels
{
    public static SocketChannels Instance { get; } = new();

    public ByteChannel New() => new SocketChannel(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    public IChannelListener Listen(string host, int port) => new SocketListener(host, port);
}

/// <summary>Accepts connections by TCP.</summary>
internal sealed class SocketListener : IChannelListener
{
    private readonly Socket _socket;

    /// <inheritdoc cref="IChannels.Listen"/>
    public SocketListener(string host, int port)
    {
        var address = Resolve(host);
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // Otherwise another program could bind the same port with SO_REUSEADDR, and take the connections.
                _socket.ExclusiveAddressUse = true;
            }

            _socket.Bind(new IPEndPoint(address, port));
            _socket.Listen();
            Port = ((IPEndPoint)_socket.LocalEndPoint!).Port; // Justification: a bound socket has one.
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public int Port { get; }

    public async Task<ByteChannel> AcceptAsync()
    {
        var accepted = await _socket.AcceptAsync();
        try
        {
            accepted.NoDelay = true;
        }
        catch (SocketException)
        {
            // It has ended, which its handshake finds.
        }

        return new SocketChannel(accepted, blocks: true);
    }

    public void Dispose() => _socket.Dispose();

    private static IPAddress Resolve(string host)
    {
        if (host.Length == 0)
        {
            return IPAddress.Any;
        }

        // Dns refuses 0.0.0.0, which means all addresses.
        if (IPAddress.TryParse(host, out var address))
        {
            return address;
        }

        var found = Dns.GetHostAddresses(host);
        return found.FirstOrDefault(each => each.AddressFamily == AddressFamily.InterNetwork) ?? found[0];
    }
}
