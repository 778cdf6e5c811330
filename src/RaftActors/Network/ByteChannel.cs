using System.Net.Security;
using System.Net.Sockets;

using RaftActors.Security;

namespace RaftActors.Network;

/// <summary>
/// The bytes of one connection, plain or encrypted by TLS. One thread may receive while another one sends, and closing ends both.
/// </summary>
/// <param name="blocks">True: the handshake blocks its thread instead of awaiting. .NET's own thread for sockets wakes at each message of
/// a socket that was awaited once, and it would do so before the thread that receives.</param>
internal sealed class ByteChannel(Socket socket, bool blocks = false) : IDisposable
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
    private SealingStream? _sealing;
    private volatile SslStream? _tls;

    public Socket Socket => socket;

    /// <summary>
    /// Sends probes while the connection is idle, so that firewalls keep it, and the death of the other machine is noticed.
    /// </summary>
    public void KeepAlive()
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    /// <summary>
    /// Ends the connection if sent bytes get no answer for some seconds. TCP repeats lost bytes ever more rarely, so a healed network
    /// would otherwise seem broken for as long again as it was.
    /// </summary>
    public void EndWithoutAnswer()
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes((int)AnswerTimeout.TotalMilliseconds));
        }
    }

    /// <summary>Encrypts an incoming connection, and returns the proved identity of the other side.</summary>
    public Task<PeerIdentity> AuthenticateAsServerAsync(CertificateCredentials credentials, CancellationToken cancellation) =>
        credentials.AuthenticateAsServerAsync(BeginTls(), cancellation);

    /// <summary>Encrypts an outgoing connection, and returns the proved identity of the other side.</summary>
    public Task<PeerIdentity> AuthenticateAsClientAsync(
        CertificateCredentials credentials, string host, CancellationToken cancellation) =>
        credentials.AuthenticateAsClientAsync(BeginTls(), host, cancellation);

    /// <summary>The size of the buffer for sealed bytes.</summary>
    public int KeptBytes => _sealing?.Size ?? 0;

    /// <summary>Ends the handshake. From now on <see cref="SendNow"/> and <see cref="SendAsync"/> send.</summary>
    public void Begin()
    {
        _blocks = false;
        _sealing?.Collect();
    }

    /// <summary>Sends bytes of the handshake.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
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

    /// <summary>
    /// Receives some bytes, or returns 0 if the other side has closed the connection. Looks for bytes a few times while other threads may
    /// run, and then blocks until there are any.
    /// </summary>
    public int Receive(Span<byte> bytes)
    {
        for (var look = 0; look < LooksBeforeWait && socket.Available == 0; look++)
        {
            Thread.Yield();
        }

        return _tls is { } tls ? tls.Read(bytes) : socket.Receive(bytes);
    }

    /// <summary>Receives like <see cref="Receive"/>, but blocks no thread after the handshake.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> bytes, CancellationToken cancellation = default)
    {
        if (_tls is { } tls)
        {
            return tls.ReadAsync(bytes, cancellation);
        }

        return _blocks ? ValueTask.FromResult(socket.Receive(bytes.Span)) : socket.ReceiveAsync(bytes, cancellation);
    }

    /// <summary>Encrypts bytes, or returns them as they are without TLS. The result is valid until <see cref="OnSent"/>.</summary>
    public ArraySegment<byte> Seal(ArraySegment<byte> bytes)
    {
        if (_tls is not { } tls || _sealing is not { } sealing)
        {
            return bytes;
        }

        tls.Write(bytes);
        return sealing.Take();
    }

    /// <summary>Sends sealed bytes as far as the socket takes them without waiting.</summary>
    public int SendNow(ArraySegment<byte> bytes, out SocketError error) => socket.Send(bytes, SocketFlags.None, out error);

    /// <param name="keptSize">A larger buffer is left to the garbage collector.</param>
    public void OnSent(int keptSize) => _sealing?.Reset(keptSize);

    public Task<int> SendAsync(ArraySegment<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None);

    /// <summary>Ends this direction. The other side reads to the end, and then closes the connection.</summary>
    public void Finish()
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

    public void Dispose()
    {
        socket.Dispose();

        // TLS holds memory outside of the garbage collector's, which would free it late in a flood of connections.
        _tls?.Dispose();
    }

    private SslStream BeginTls()
    {
        _sealing = new SealingStream(socket, _blocks);
        return _tls = new SslStream(_sealing, leaveInnerStreamOpen: false);
    }
}
