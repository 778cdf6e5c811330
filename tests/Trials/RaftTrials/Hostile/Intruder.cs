using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
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
    private const int NameLength = 900;

    /// <summary>The path of the engine of a server.</summary>
    public static readonly string Engine = $"/system/raft/{ServerId.GroupName}/{ServerId.GroupName}";
    private static readonly string LongName = new('n', LongNameLength);

    /// <summary>An Append whose key has megabytes.</summary>
    public static readonly WireMessage LongAppend = new WireMessage.AppendRequest(
        new RequestId(new Member(new ProcessName("stranger@nowhere"), Incarnation.None), 1), LongName, default);

    // The formats of replies are not needed: it writes none.
    private readonly CallFrames _calls = new(FrameSizeMax, null!);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _host;
    private int _names;
    private long _number;
    private Stream? _stream;

    private Intruder(string host, int port) => (_host, Server) = (host, ServerAt(port));

    /// <summary>The host of the healthy programs.</summary>
    public const string Neighbour = "127.0.0.1";

    /// <summary>The host of the attackers that have rights. The others do not take their places for handshakes.</summary>
    public const string Client = "127.0.0.3";

    /// <summary>The host of the attackers without rights.</summary>
    public const string Outsider = "127.0.0.2";

    /// <summary>The process of the server.</summary>
    public CallTarget Server { get; }

    private Stream Stream => _stream ??= new NetworkStream(_socket);

    private Address Own => new("akka.tcp", "raft", _host, 1);

    /// <param name="host">Its own one.</param>
    public static async Task<Intruder> Connect(int port, CancellationToken stop, string host)
    {
        var intruder = new Intruder(host, port);
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

    private static CallTarget ServerAt(int port) => new(ServerId.GroupName, new ServerId("", port).Process);

    /// <summary>Sends a call, many times. Reads no reply.</summary>
    public Task Call(CallTarget target, ClientCall call, CancellationToken stop, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _calls.TryWrite(++_number, target, call);
        }

        return Send(_calls.Take([]), stop);
    }

    /// <summary>Sends a call of which each byte may have changed, but not its length.</summary>
    public Task CallDamaged(CallTarget target, ClientCall call, CancellationToken stop)
    {
        var frame = FrameOf(target, call);
        frame[RandomNumberGenerator.GetInt32(sizeof(int), frame.Length)] = RandomNumberGenerator.GetBytes(1)[0];
        return Send(frame, stop);
    }

    /// <summary>Sends a call with a number that no server knows.</summary>
    public Task CallUnknown(CallTarget target, CancellationToken stop)
    {
        var frame = FrameOf(target, new ClientCall.Status());
        frame[^1] = byte.MaxValue;
        return Send(frame, stop);
    }

    /// <summary>Sends a call without its last byte.</summary>
    public Task CallHalf(CallTarget target, ClientCall call, CancellationToken stop) => Send(FrameOf(target, call)[..^1], stop);

    /// <summary>Calls processes of ever new groups with long names.</summary>
    public async Task CallOthers(int count, CancellationToken stop)
    {
        for (var i = 0; i < count; i++)
        {
            _calls.TryWrite(++_number, new CallTarget($"{_names++}{new string('x', NameLength)}", null), new ClientCall.Status());
        }

        await Send(_calls.Take([]), stop);
    }

    /// <summary>Calls a group, or a process, whose name has megabytes.</summary>
    public Task CallGiant(bool isProcess, CancellationToken stop)
    {
        // No ProcessName is so long.
        var name = $"{_names++}{LongName}";
        var writer = new ByteWriter();
        writer.Room(sizeof(int));
        writer.Octet(writer.Level);
        writer.Number(++_number);
        writer.Text(isProcess ? ServerId.GroupName : name);
        writer.Text(isProcess ? $"n@{name}" : "");
        CallTable.Write(writer, new ClientCall.Status());
        var frame = writer.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - sizeof(int));
        return Send(frame, stop);
    }

    /// <summary>The kind of the next reply.</summary>
    public async Task<byte> ReadReply(CancellationToken stop)
    {
        var head = new byte[sizeof(int)];
        await Stream.ReadExactlyAsync(head, stop);
        var frame = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
        await Stream.ReadExactlyAsync(frame, stop);
        var reader = new ByteReader(frame);
        CallFormat.ReadHead(ref reader);
        return reader.Octet();
    }

    /// <summary>Sends a message of nodes to an actor of the server.</summary>
    public Task Tell(string path, WireMessage message, CancellationToken stop)
    {
        var frames = new FrameWriter(Own, FrameSizeMax);
        frames.TryWrite(At(path), message, At("/user/intruder"));
        var bytes = frames.Take([]);

        // The flag of the first frame: the server forgets the paths of the frames before.
        bytes[sizeof(int)] = 1;
        return Send(bytes, stop);
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

    private byte[] FrameOf(CallTarget target, ClientCall call)
    {
        _calls.TryWrite(++_number, target, call);
        return _calls.Take([]).ToArray();
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
