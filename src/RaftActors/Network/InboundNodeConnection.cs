using Akka.Actor;

using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Reads one connection of another node after its handshake. It has its own thread, because a thread that waits in the socket wakes
/// without a detour, and a node has few connections. The messages of one read for one engine are told as one batch.
/// </summary>
internal sealed class InboundNodeConnection : AcceptedConnection
{
    /// <summary>The path of the registry of each node. Its engines are below it.</summary>
    public const string RegistryPath = "/system/raft";

    private readonly MessageGate? _gate;
    private readonly FrameReader _frames;
    private readonly EngineBatch _batch = new();
    private readonly ReceiveBlock _block;
    private readonly CallFormat.LatestTarget _target = new();

    public InboundNodeConnection(ByteChannel channel, NetworkContext context, HandshakeResult greeting, IConnection connection)
        : base(channel, context, greeting)
    {
        _gate = Identity is { } identity ? new MessageGate(identity, Peer, context) : null;
        _block = new ReceiveBlock(context.Settings.FrameSizeMaxBytes);
        _frames = new FrameReader(context.Own, context.Resolve, context.FindSlab)
        {
            ResolveSender = path => new ConnectionRef(ActorPath.Parse(path), connection, context),
            MayReceive = IsService,
        };
    }

    public override Task RunToEndAsync() => Machine.Current.RunToEndOnThread("raft-connection", ReadToEndAsync);

    /// <summary>Reads until the connection ends: on this thread, if the channel blocks it.</summary>
    /// <exception cref="InvalidDataException">The other side sent damaged bytes.</exception>
    public async Task ReadToEndAsync()
    {
        Channel.Begin(keepsThread: true);
        while (await Channel.ReceiveAsync(_block.Room()).ConfigureAwait(false) is var count and > 0)
        {
            Context.Metrics.OnReceived(count);
            _block.Add(count);
            var mayRunHere = false;
            EngineDispatcher.BeginOffer();
            try
            {
                ReadFrames();

                // The engine may run here if no other messages wait: a slow engine must not hold up the messages of another one, and with
                // more to read it works on the pool meanwhile.
                mayRunHere = _frames.Engines == 1 && !Channel.HasBytes;
            }
            finally
            {
                EngineDispatcher.EndOffer(isTaken: mayRunHere);
            }
        }
    }

    /// <summary>Tells whether the actor at a path, without address, takes messages of other nodes.</summary>
    public static bool IsService(string path) => FrameReader.IsEngine(path) || path == RegistryPath;

    private void ReadFrames()
    {
        while (_block.TryTake(out var bytes))
        {
            var frame = _frames.Read(bytes, out var hasView);
            if (hasView)
            {
                _block.Keep();
            }

            Take(frame);
        }

        _batch.Tell();
    }

    private void Take(in FrameReader.Frame frame)
    {
        // A registry may speak only for its own node. Otherwise one connection could report any number of nodes that never end.
        if (!frame.IsToEngine
            && !frame.From.Path.Address.Equals(Peer)
            && frame.To.Path.ToStringWithoutAddress() == RegistryPath)
        {
            throw new InvalidDataException($"A message to the registry has the sender {frame.From.Path}, which is on another node.");
        }

        if (_gate?.Admits(frame.Message, frame.From) == false)
        {
            return;
        }

        switch (frame.Message)
        {
            case WireMessage.Call call:
                Context.Calls.Take(call, frame.From, Level, _target, Context);
                break;
            case WireMessage.Presence presence:
                // The earlier messages of an engine come before the news of its end.
                _batch.Tell();
                Context.Registry.Tell(new ConnectionNews.Told(Peer, Number, _gate?.OfPeer(presence) ?? presence), ActorRefs.NoSender);
                break;
            case WireMessage.Reply when frame.IsToGone:
                break;
            case WireMessage.Reply reply:
                Context.Calls.Return(reply);
                break;
            default:
                _batch.Add(frame);
                break;
        }
    }
}
