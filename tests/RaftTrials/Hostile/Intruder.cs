using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

using Akka.Actor;

using RaftActors;
using RaftActors.Cli;
using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Network;
using RaftActors.Security;
using RaftActors.Wire;

namespace RaftTrials.Hostile;

/// <summary>
/// One connection of an attacker to a server. It comes from another address than those of the healthy programs, as in a network: a full
/// room of handshakes closes those of the address with the most of them.
/// </summary>
internal sealed class Intruder : IDisposable
{
    // Before it, a handshake has eight bytes that say what it is.
    private const int VersionPlace = 8;

    private const int FrameSizeMax = 8 << 20;
    private const int LongNameLength = 4 << 20;
    private const int PathLength = 1900;

    /// <summary>The path of the engine of a server.</summary>
    public static readonly string Engine = $"/system/raft/{ServerId.GroupName}/{ServerId.GroupName}";
    private static readonly string LongName = $"n@{new string('n', LongNameLength)}";

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _host;
    private int _senders;
    private Stream? _stream;

    private Intruder(string host) => _host = host;

    /// <summary>The host of the healthy programs.</summary>
    public const string Neighbour = "127.0.0.1";

    /// <summary>The host of the attackers that have rights. The others do not take their places for handshakes.</summary>
    public const string Client = "127.0.0.3";

    /// <summary>The host of the attackers without rights.</summary>
    public const string Stranger = "127.0.0.2";

    private Stream Stream => _stream ??= new NetworkStream(_socket);

    private Address Own => new("akka.tcp", "raft", _host, 1);

    /// <param name="host">Its own one.</param>
    public static async Task<Intruder> Connect(int port, CancellationToken stop, string host)
    {
        var intruder = new Intruder(host);
        intruder._socket.Bind(new IPEndPoint(IPAddress.Parse(host), 0));
        await intruder._socket.ConnectAsync(IPAddress.Loopback, port, stop);
        return intruder;
    }

    public async Task Send(ReadOnlyMemory<byte> bytes, CancellationToken stop) => await Stream.WriteAsync(bytes, stop);

    /// <summary>Encrypts the connection, and proves an identity.</summary>
    /// <param name="credentials">Null: shows no certificate, and accepts each one.</param>
    /// <param name="stop">Ends the attempt.</param>
    public async Task Prove(CertificateCredentials? credentials, CancellationToken stop)
    {
        var tls = new SslStream(Stream);
        _stream = tls;
        await (credentials?.AuthenticateAsClientAsync(tls, "127.0.0.1", stop) ?? tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true }, stop));
    }

    /// <summary>Says its address. Returns when the server has answered.</summary>
    /// <param name="kind">Null: in a version that no server knows.</param>
    public async Task Greet(ConnectionKind? kind, CancellationToken stop)
    {
        var handshake = new Handshake($"{Own}", 1, kind ?? ConnectionKind.Node).ToBytes();
        handshake[VersionPlace] += (byte)(kind is null ? 1 : 0);
        await Send(handshake, stop);
        await Stream.ReadExactlyAsync(new byte[Handshake.AnswerSize], stop);
    }

    /// <summary>Sends a message to an actor of the server, many times. Reads no answer.</summary>
    public Task Ask(string path, WireMessage message, CancellationToken stop, int times = 1)
    {
        var frames = new FrameWriter(Own, FrameSizeMax);
        var (to, from) = (At(path), At("/user/intruder"));
        for (var i = 0; i < times; i++)
        {
            frames.TryWrite(to, message, from);
        }

        return Send(Forgetting(frames), stop);
    }

    /// <summary>Asks the engine of the server for its state, as ever new senders with long paths.</summary>
    /// <param name="depth">The elements of each path.</param>
    public Task AskAsOthers(int senders, int depth, CancellationToken stop)
    {
        var path = string.Concat(Enumerable.Repeat("/" + new string('x', PathLength / depth), depth));
        byte[] frames = [.. Enumerable.Range(0, senders).SelectMany(_ => Full(new ClientCall.Status(), $"/user/{_senders++}{path}"))];
        return Send(frames, stop);
    }

    /// <summary>Sends a message of nodes about a member whose name has megabytes.</summary>
    public Task IntroduceGiant(CancellationToken stop)
    {
        // No ProcessName is so long, so that of the frame is replaced.
        const string Name = "name@node";
        var origin = new Member(new ProcessName(Name), new Incarnation(Guid.NewGuid()));
        ReadOnlySpan<byte> frame = Full(new AppendReply.Refused(new RequestId(origin, 1)), "/user/intruder");
        var (former, written) = (Encoded(Name), Encoded($"{_senders++}{LongName}"));
        var place = frame.IndexOf(former);
        byte[] replaced = [.. frame[..place], .. written, .. frame[(place + former.Length)..]];
        BinaryPrimitives.WriteInt32LittleEndian(replaced, replaced.Length - sizeof(int));
        return Send(replaced, stop);
    }

    /// <summary>Returns when the server has closed the connection.</summary>
    public async Task End(CancellationToken stop)
    {
        try
        {
            var bytes = new byte[1024];
            while (await Stream.ReadAsync(bytes, stop) > 0)
            {
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
        }
    }

    /// <summary>The server has closed the connection, or refused the proof.</summary>
    public static bool IsEnd(Exception e) => e is SocketException or IOException or AuthenticationException or ObjectDisposedException;

    public void Dispose()
    {
        _stream?.Dispose();
        _socket.Dispose();
    }

    // Names its actors in full, and does not tell the server to forget others.
    private ArraySegment<byte> Full(WireMessage message, string from)
    {
        var frames = new FrameWriter(Own, FrameSizeMax);
        frames.TryWrite(At(Engine), message, At(from));
        var bytes = Forgetting(frames);
        bytes[sizeof(int)] = 0;
        return bytes;
    }

    private static byte[] Encoded(string text)
    {
        var writer = new ByteWriter();
        writer.Text(text);
        return writer.Written.ToArray();
    }

    // The flag of the first frame: the server forgets the paths of the frames before.
    private static ArraySegment<byte> Forgetting(FrameWriter frames)
    {
        var bytes = frames.Take([]);
        bytes[sizeof(int)] = 1;
        return bytes;
    }

    private IActorRef At(string path) => new Named(new RootActorPath(Own) / path.Split('/', StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>A reference of which only the path is used.</summary>
internal sealed class Named(ActorPath path) : ActorRefBase
{
    public override ActorPath Path => path;

    protected override void TellInternal(object message, IActorRef? sender)
    {
    }
}
