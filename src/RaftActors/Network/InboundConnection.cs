using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Reads one connection after its handshake. A node's connection has a thread of its own: a thread that waits in the socket is woken
/// without a detour, and a node has few connections. Clients share the threads of the pool. The messages of one read for one engine are
/// told as one batch.
/// </summary>
internal sealed class InboundConnection : IDisposable
{
    /// <summary>The path of the registry of a node, without address.</summary>
    public const string RegistryPath = "/system/raft";

    // The actors of clients are the only ones that take answers.
    private const string ClientsPath = "/system/raft-client-";

    private readonly ByteChannel _channel;
    private readonly NetworkContext _context;
    private readonly PeerIdentity? _identity;
    private readonly MessageGate? _gate;
    private readonly ClientConnection? _replies;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FrameReader _frames;
    private readonly EngineBatch _batch = new();
    private readonly ReceiveBlock _block;
    private volatile bool _isClosed;
    private long _heardAt = Machine.Current.Time.GetTimestamp();

    /// <summary>A connection that another node or a client has opened.</summary>
    /// <param name="connectionTo">The way back to a node.</param>
    public InboundConnection(
        ByteChannel channel, NetworkContext context, HandshakeResult greeting, Func<HandshakeResult, IConnection> connectionTo)
        : this(
            channel,
            context,
            greeting.Peer,
            greeting.ClientRole is null ? connectionTo(greeting) : new ClientConnection(channel, context, greeting),
            IsService)
    {
        IsClient = greeting.ClientRole is not null;
        Node = greeting.Node;
        _identity = greeting.Identity;
        _gate = _identity is { } identity ? new MessageGate(identity, Peer, greeting.ClientRole ?? ConnectionRole.Node, context) : null;
    }

    /// <summary>The answers on a connection that this client has opened.</summary>
    /// <param name="connection">The way back.</param>
    public InboundConnection(ByteChannel channel, NetworkContext context, IConnection connection, Address peer)
        : this(channel, context, peer, connection, IsAnswered)
    {
    }

    private InboundConnection(
        ByteChannel channel, NetworkContext context, Address peer, IConnection connection, Func<string, bool> mayReceive)
    {
        (_channel, _context, Peer, _replies) = (channel, context, peer, connection as ClientConnection);
        _block = new ReceiveBlock(context.Settings.FrameSizeMaxBytes, beginsSmall: _replies is not null);
        _frames = new FrameReader(context.Own, context.Resolve, context.FindSlab)
        {
            ResolveSender = path => new ConnectionRef(ActorPath.Parse(path), connection, context),
            MayReceive = mayReceive,
            KnownLengthMax = _replies is null ? FrameWriter.KnownLengthMax : FrameWriter.KnownLengthForClientMax,
        };
    }

    /// <summary>The other actor system.</summary>
    public Address Peer { get; }

    /// <summary>Its identity.</summary>
    public ulong Node { get; }

    /// <summary>Another actor system that has only clients has opened it.</summary>
    public bool IsClient { get; }

    /// <summary>Another node has opened it, and has proved that it is one. Their number is that of the group.</summary>
    public bool IsProvenNode => _identity is not null && !IsClient;

    /// <summary>Another node has opened it, which is one because a group names it.</summary>
    public bool IsNodeByName => IsProvenNode && _identity?.Role is null;

    /// <summary>What opened it: the name of its identity, or without credentials the address of its machine.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The time of the last bytes of a client, as a timestamp of the machine's clock.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>It was closed here, and its reader is about to notice.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Whether the present credentials would let it in.</summary>
    public bool IsStillAccepted => _identity is null || _context.Credentials!.Current.StillAccepts(_identity);

    /// <summary>Reads until the connection ends.</summary>
    /// <exception cref="InvalidDataException">The other side sent damaged bytes.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public Task RunToEndAsync()
    {
        if (IsClient)
        {
            return RunClientAsync();
        }

        new Thread(RunToEnd) { IsBackground = true, Name = "raft-connection" }.Start();
        return _end.Task;
    }

    /// <summary>Reads until the connection ends, on threads of the pool.</summary>
    /// <exception cref="InvalidDataException">The other side sent damaged bytes.</exception>
    public async Task RunAsync()
    {
        while (await _channel.ReceiveAsync(_block.Room()).ConfigureAwait(false) is var count and > 0)
        {
            _context.Metrics.OnReceived(count);
            Volatile.Write(ref _heardAt, Machine.Current.Time.GetTimestamp());
            _block.Add(count);
            while (!ReadFrames())
            {
                await _replies!.Calls.WaitAsync().ConfigureAwait(false); // Justification: only a client is held back.
            }
        }
    }

    /// <summary>Reads until the connection ends, on this thread.</summary>
    /// <exception cref="InvalidDataException">The other side sent damaged bytes.</exception>
    public void Run()
    {
        while (_channel.Receive(_block.Room().Span) is var count and > 0)
        {
            _context.Metrics.OnReceived(count);
            _block.Add(count);
            var mayRunHere = false;
            EngineDispatcher.BeginOffer();
            try
            {
                ReadFrames();

                // A slow engine must not hold up the messages of another one. With more to read, the engine works on the pool meanwhile.
                mayRunHere = _frames.Engines == 1 && _channel.Socket.Available == 0;
            }
            finally
            {
                EngineDispatcher.EndOffer(isTaken: mayRunHere);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        _channel.Dispose();
    }

    // An exception that left the thread would end the program.
    private void RunToEnd()
    {
        try
        {
            Run();
            _end.TrySetResult();
        }
        catch (Exception e)
        {
            _end.TrySetException(e);
        }
    }

    private async Task RunClientAsync()
    {
        _channel.Socket.Blocking = false;
        _replies?.Open();
        try
        {
            await RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _replies?.Close();
        }
    }

    /// <summary>Whether the actor at a path, without address, takes messages of other nodes.</summary>
    public static bool IsService(string path) => FrameReader.IsEngine(path) || IsAnswered(path);

    private static bool IsAnswered(string path) => path.StartsWith(ClientsPath, StringComparison.Ordinal) || path == RegistryPath;

    // False: too many messages wait for their engines, and there may be more frames.
    private bool ReadFrames()
    {
        while (_replies is not { Calls.IsFull: true })
        {
            if (!_block.TryTake(out var bytes))
            {
                _batch.Tell();
                return true;
            }

            var frame = _frames.Read(bytes, out var hasView);
            if (hasView)
            {
                _block.Keep();
            }

            Take(frame, bytes.Length);
        }

        _batch.Tell();
        return false;
    }

    private void Take(in FrameReader.Frame frame, int sizeBytes)
    {
        // A registry speaks for its own node. Otherwise one connection could tell of any number of nodes, of which none is ever gone.
        if (!frame.IsToEngine
            && !frame.From.Path.Address.Equals(Peer)
            && frame.To.Path.ToStringWithoutAddress() == RegistryPath)
        {
            throw new InvalidDataException($"A message to the registry has the sender {frame.From.Path}, which is on another node.");
        }

        if (_gate?.AdmitsUnread(frame.Message) == false)
        {
            return;
        }

        var message = frame.Message is WireMessage.Foreign foreign
            ? _context.Foreign.Read(foreign, frame.To.Path.ToStringWithoutAddress())
            : frame.Message;
        if (_gate?.Admits(frame.To, message, frame.From) == false)
        {
            return;
        }

        _replies?.Calls.Add(sizeBytes);
        _batch.Add(frame, message);
    }
}
