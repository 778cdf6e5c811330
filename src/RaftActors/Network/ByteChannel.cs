using System.Net.Security;
using System.Net.Sockets;

using RaftActors.Security;

namespace RaftActors.Network;

/// <summary>
/// The bytes of one connection: as they are, or encrypted by TLS. One thread may receive while another one sends. Closing it ends both.
/// </summary>
/// <param name="socket">Its socket.</param>
/// <param name="blocks">
/// The handshake blocks its thread. A socket that was once awaited stays registered with .NET's thread for sockets, which would then wake
/// at each message, before the thread that receives.
/// </param>
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

    // Longer than the network of a working group is silent.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private bool _blocks = blocks;
    private SealingStream? _sealing;
    private volatile SslStream? _tls;

    public Socket Socket => socket;

    /// <summary>Sends empty segments while the connection is idle. Finds that the other machine is gone.</summary>
    public void KeepAlive()
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    /// <summary>
    /// Ends the connection if sent bytes get no answer for some seconds. Else TCP would send lost bytes again ever more rarely, and a
    /// healed network would seem broken for as long as it was.
    /// </summary>
    public void EndWithoutAnswer()
    {
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes((int)AnswerTimeout.TotalMilliseconds));
        }
    }

    /// <summary>Encrypts an incoming connection, and finds out who the other side is.</summary>
    public async Task<PeerIdentity> AuthenticateAsServerAsync(CertificateCredentials credentials, CancellationToken cancellation)
    {
        return await credentials.AuthenticateAsServerAsync(BeginTls(), cancellation).ConfigureAwait(false);
    }

    /// <summary>Encrypts an outgoing connection, and finds out who the other side is.</summary>
    public async Task<PeerIdentity> AuthenticateAsClientAsync(
        CertificateCredentials credentials, string host, CancellationToken cancellation)
    {
        return await credentials.AuthenticateAsClientAsync(BeginTls(), host, cancellation).ConfigureAwait(false);
    }

    /// <summary>The size of the buffer for sealed bytes.</summary>
    public int KeptBytes => _sealing?.Size ?? 0;

    /// <summary>The handshake is over. Bytes are sent by <see cref="SendNow"/> and <see cref="SendAsync"/> from now on.</summary>
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
    /// Receives some bytes. Looks for them a few times and lets other threads run meanwhile, then blocks until there are any. 0: the other
    /// side has closed the connection.
    /// </summary>
    public int Receive(Span<byte> bytes)
    {
        for (var look = 0; look < LooksBeforeWait && socket.Available == 0; look++)
        {
            Thread.Yield();
        }

        return _tls is { } tls ? tls.Read(bytes) : socket.Receive(bytes);
    }

    /// <summary>As <see cref="Receive"/>, without blocking a thread after the handshake.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> bytes, CancellationToken cancellation = default)
    {
        if (_tls is { } tls)
        {
            return tls.ReadAsync(bytes, cancellation);
        }

        return _blocks ? ValueTask.FromResult(socket.Receive(bytes.Span)) : socket.ReceiveAsync(bytes, cancellation);
    }

    /// <summary>Makes the bytes that the socket must send. They are valid until <see cref="OnSent"/>.</summary>
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

    /// <summary>All sealed bytes are sent.</summary>
    /// <param name="keptSize">A larger buffer is left to the garbage collector.</param>
    public void OnSent(int keptSize) => _sealing?.Reset(keptSize);

    /// <summary>Sends some sealed bytes.</summary>
    public Task<int> SendAsync(ArraySegment<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None);

    /// <summary>Sends no more. The other side reads to the end, and then closes the connection.</summary>
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

    /// <inheritdoc/>
    public void Dispose()
    {
        socket.Dispose();

        // Its memory is none of the garbage collector's, which would free it late in a flood of connections.
        _tls?.Dispose();
    }

    private SslStream BeginTls()
    {
        _sealing = new SealingStream(socket, _blocks);
        return _tls = new SslStream(_sealing, leaveInnerStreamOpen: false);
    }
}
