using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Remote;

namespace Akka.Embedded.Tests.Remote;

/// <summary>A peer that writes any bytes and reads only when the test wants it to.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly TcpClient _client;
    private Stream _stream;

    private RawPeer(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    public static Task<RawPeer> ConnectAsync(ActorSystem to) => ConnectAsync(PortOf(to), receiveBufferBytes: 64 * 1024);

    /// <summary>Connects with a small receive buffer.</summary>
    public static Task<RawPeer> ConnectAsync(TcpListener to) => ConnectAsync(((IPEndPoint)to.LocalEndpoint).Port, receiveBufferBytes: 1);

    /// <summary>Makes a TLS handshake that accepts any certificate, and sends this one, if any.</summary>
    public async Task StartTlsAsync(X509Certificate2? certificate)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "any",
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
            ClientCertificateContext =
                certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        });
    }

    /// <summary>Says hello as a system at an invented address.</summary>
    public Task SayHelloAsync(ActorSystem to, string host = "invented", int port = 1, int uid = 1, byte version = 2)
    {
        var local = ((ExtendedActorSystem)to).Provider.DefaultAddress;
        var writer = new WireWriter();
        new Hello(new Address(local.Protocol, "raw", host, port), uid, local, null).Write(writer);
        var bytes = writer.ToArray();
        Assert.Equal(2, bytes[9]);
        bytes[9] = version;
        return WriteAsync(bytes);
    }

    /// <summary>Says hello and awaits the welcome.</summary>
    public async Task<RawPeer> JoinAsync(ActorSystem to, string host = "invented", int port = 1, int uid = 1)
    {
        await SayHelloAsync(to, host, port, uid);
        Assert.Equal(FrameKind.Welcome, (await ReadFrameAsync()).Kind);
        return this;
    }

    public Task WriteFrameAsync(FrameKind kind, Action<WireWriter> body)
    {
        var writer = new WireWriter();
        var frame = writer.BeginFrame(kind);
        body(writer);
        writer.EndFrame(frame);
        return WriteAsync(writer.ToArray());
    }

    public Task WriteAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes).AsTask().WaitAsync(Probe.Patience);

    public async Task<(FrameKind Kind, byte[] Body)> ReadFrameAsync()
    {
        using var timeout = new CancellationTokenSource(Probe.Patience);
        var head = new byte[5];
        await _stream.ReadExactlyAsync(head, timeout.Token);
        var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(head) - 1];
        await _stream.ReadExactlyAsync(body, timeout.Token);
        return ((FrameKind)head[4], body);
    }

    /// <summary>Reads until the other end closes the connection.</summary>
    public async Task ReadToEndAsync()
    {
        using var timeout = new CancellationTokenSource(Probe.Patience);
        var buffer = new byte[4096];
        try
        {
            while (await _stream.ReadAsync(buffer, timeout.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }

    /// <summary>Closes the connection with a reset.</summary>
    public void Reset()
    {
        _client.Client.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose() => _client.Dispose();

    private static async Task<RawPeer> ConnectAsync(int port, int receiveBufferBytes)
    {
        var client = new TcpClient { NoDelay = true, ReceiveBufferSize = receiveBufferBytes };
        await client.ConnectAsync(IPAddress.Loopback, port);
        return new RawPeer(client);
    }

    private static int PortOf(ActorSystem system) =>
        ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport.BoundPort;
}
