using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Akka.Remote;

/// <summary>One TCP connection, with TLS or without. Allows one read and one write at a time.</summary>
internal sealed class Connection(Socket socket) : IDisposable
{
    private volatile SslStream? _tls;

    /// <summary>The address of the other end. Null if the peer has closed an accepted connection already.</summary>
    public IPAddress? Peer { get; } = PeerOf(socket);

    /// <summary>The certificate with which the peer has authenticated itself. Null without TLS, or if it has sent none.</summary>
    public X509Certificate2? PeerCertificate => _tls?.RemoteCertificate as X509Certificate2;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation = default) =>
        _tls is { } tls ? tls.ReadAsync(buffer, cancellation) : socket.ReceiveAsync(buffer, SocketFlags.None, cancellation);

    /// <summary>Sends some of the bytes, and returns how many. With TLS it sends all.</summary>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default) =>
        _tls is { } tls ? SendAllAsync(tls, bytes, cancellation) : socket.SendAsync(bytes, SocketFlags.None, cancellation);

    public Task ConnectAsync(string host, int port, CancellationToken cancellation) =>
        socket.ConnectAsync(host, port, cancellation).AsTask();

    /// <summary>Starts TLS. The stream's handshake may follow, and must succeed before the first byte.</summary>
    public SslStream StartTls() => _tls = new SslStream(new NetworkStream(socket, ownsSocket: false));

    /// <summary>Tells the peer that no more bytes follow. The peer's bytes can still be read.</summary>
    public async Task FinishSendingAsync()
    {
        if (_tls is { } tls)
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Ends all reads and writes, from any thread.</summary>
    public void Close() => socket.Dispose();

    /// <summary>Releases everything. For the reader, when it has ended.</summary>
    public void Dispose()
    {
        socket.Dispose();
        _tls?.Dispose();
    }

    private static async ValueTask<int> SendAllAsync(SslStream tls, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await tls.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        return bytes.Length;
    }

    private static IPAddress? PeerOf(Socket socket)
    {
        try
        {
            var address = (socket.RemoteEndPoint as IPEndPoint)?.Address;
            return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
