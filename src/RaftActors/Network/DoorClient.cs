using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

using RaftActors.Core.Codec;
using RaftActors.Security;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The connection of a program without an actor system to a <see cref="MessageDoor"/> of a node. It needs no actor system, whose start
/// would take most of the time of a short command. Its methods block: awaited sockets cost such a command more than a thread. One thread
/// may send while another one receives, and any thread may dispose it, which ends them.
/// </summary>
internal sealed class DoorClient : IDisposable
{
    private const string Client = "/user/client";

    private readonly ByteChannel _channel =
        new(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, blocks: true);
    private readonly string _door;
    private readonly ReceiveBlock _block;
    private readonly ByteWriter _writer = new();
    private string _own = "";
    private bool _isIntroduced;

    /// <param name="door">The path of the door, without address.</param>
    public DoorClient(string door, int frameSizeMaxBytes) => (_door, _block) = (door, new ReceiveBlock(frameSizeMaxBytes));

    /// <summary>Connects to a node that takes connections at the port of its address, and shakes hands. Called once.</summary>
    /// <param name="host">Its host, as its certificate names it.</param>
    /// <param name="credentials">Null: the connection is neither encrypted nor authenticated.</param>
    /// <exception cref="SocketException">There is no connection.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    /// <exception cref="InvalidDataException">The other side is no such node, or did not accept this program.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">One side does not accept the other one's proof.</exception>
    public void Connect(EndPoint server, string host, ConnectionCredentials? credentials)
    {
        _channel.Socket.Connect(server);
        var own = (IPEndPoint)_channel.Socket.LocalEndPoint!; // Justification: a connected socket has one.
        if (own.Equals(_channel.Socket.RemoteEndPoint))
        {
            // The port is one that the system gives to clients. It has given this socket the very port that it asked for.
            throw new SocketException((int)SocketError.ConnectionRefused);
        }

        if (credentials is not null)
        {
            _channel.AuthenticateAsClientAsync(credentials, host, CancellationToken.None).GetAwaiter().GetResult();
        }

        // No actor system has this address, which only names the sender on this connection.
        var address = $"akka.tcp://client@{own}";
        _own = address + Client;
        Write(new Handshake(address, Node: 0, Expected: 0, ConnectionKind.Client, Port: 0).ToBytes());
        Handshake.ReadAnswerAsync(_channel, credentials is not null, CancellationToken.None).GetAwaiter().GetResult();
        _channel.KeepAlive();
        _channel.EndWithoutAnswer();
    }

    /// <summary>Sends a message.</summary>
    /// <param name="serializer">The number of its serializer.</param>
    /// <exception cref="IOException">The connection was lost.</exception>
    /// <exception cref="SocketException">The connection was lost.</exception>
    public void Send(int serializer, string manifest, byte[] message)
    {
        Write(FrameOf(serializer, manifest, message));
        _isIntroduced = true;
    }

    /// <summary>Receives the next message: its manifest and its bytes. Null: the node has closed the connection.</summary>
    /// <exception cref="InvalidDataException">The node sent damaged bytes.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    /// <exception cref="SocketException">The connection was lost.</exception>
    public (string Manifest, byte[] Bytes)? Receive()
    {
        while (true)
        {
            while (_block.TryTake(out var frame))
            {
                if (Read(frame.Span) is { } message)
                {
                    return message;
                }
            }

            var count = _channel.Receive(_block.Room().Span);
            if (count == 0)
            {
                return null;
            }

            _block.Add(count);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    // It blocks, so there is nothing to await.
    private void Write(ReadOnlyMemory<byte> bytes) => _channel.WriteAsync(bytes, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    // See FrameWriter. Here one actor writes to one other.
    private ReadOnlyMemory<byte> FrameOf(int serializer, string manifest, byte[] message)
    {
        _writer.Clear(FrameWriter.KeptForClientMax);
        _writer.Room(sizeof(int));
        _writer.Flag(false);
        WriteActor(_door);
        WriteActor(_own);
        _writer.Text(WireTable.ForeignManifest);
        _writer.Number(serializer);
        _writer.Text(manifest);
        _writer.Bytes(message);
        BinaryPrimitives.WriteInt32LittleEndian(_writer.Written, _writer.Length - sizeof(int));
        return _writer.ToArray();
    }

    private void WriteActor(string path)
    {
        _writer.Number(_isIntroduced ? 1 : 0);
        if (!_isIntroduced)
        {
            _writer.Text(path);
        }
    }

    // Null: the message is no answer of a door.
    private static (string Manifest, byte[] Bytes)? Read(ReadOnlySpan<byte> frame)
    {
        var reader = new ByteReader(frame);
        _ = reader.Flag();
        SkipActor(ref reader);
        SkipActor(ref reader);
        if (reader.Text() != WireTable.ForeignManifest)
        {
            return null;
        }

        _ = reader.Integer();
        var message = (reader.Text(), reader.Bytes().ToArray());
        reader.End();
        return message;
    }

    private static void SkipActor(ref ByteReader reader)
    {
        if (reader.Count() == 0)
        {
            _ = reader.Text();
        }
    }
}
