using RaftActors.Network;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// The network between the nodes: connections as of TCP, whose latency, sizes of parts, resets and one-way cuts the seed decides. Raft's
/// own stack of connections runs above it, as above sockets.
/// </summary>
internal sealed class SimulatedNetwork(World world)
{
    private const int BadPercent = 10;

    private static readonly int[] ResetsOneOf = [20, 200];
    private static readonly int[] Windows = [1024, 16 * 1024, 256 * 1024];

    private static readonly TimeSpan Fast = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(200);

    private readonly World _world = world;

    // The latest start of each node that listens, by the name of the node.
    private readonly Dictionary<string, Listener> _listeners = new(StringComparer.Ordinal);
    private readonly List<SimulatedChannel> _channels = [];
    private readonly HashSet<(string From, string To)> _cuts = [];

    // Of a bad network: one of so many parts of a stream resets its connection.
    private int _resetsOneOf;

    /// <summary>Connections break, and bytes are so late that a Raft timeout may pass.</summary>
    public bool IsBad
    {
        get => _resetsOneOf > 0;
        set => _resetsOneOf = value ? AnyOf(ResetsOneOf) : 0;
    }

    /// <summary>The parts of streams that have arrived.</summary>
    public long Delivered { get; set; }

    public bool IsCut(string from, string to) => _cuts.Contains((from, to));

    public void Cut(string from, string to) => _cuts.Add((from, to));

    public void Mend(string from, string to) => _cuts.Remove((from, to));

    /// <summary>Everything is as at the beginning.</summary>
    public void MendAll()
    {
        IsBad = false;
        _cuts.Clear();
    }

    /// <summary>The connections of one start of a node.</summary>
    public IChannels ChannelsOf(NodeLife life) => new Channels(this, life);

    /// <param name="other">The end that has connected. Null: this one connects.</param>
    public SimulatedChannel NewChannel(NodeLife life, SimulatedChannel? other)
    {
        SimulatedChannel channel = new(_world, this, life, AnyOf(Windows), other);
        _channels.RemoveAll(each => each.HasEnded);
        _channels.Add(channel);
        return channel;
    }

    /// <summary>Returns the listener of a node, or null if the node is down. It may be of an earlier start, which refuses.</summary>
    public Listener? Find(string node) => _listeners.GetValueOrDefault(node) is { Life.Node.Life: not null } found ? found : null;

    /// <summary>Ends a start of a node: its process is killed, which its machine tells the others, or the power fails.</summary>
    public void OnCrash(NodeLife life)
    {
        if (_world.Chance(50))
        {
            _channels.FindAll(each => each.Life == life).ForEach(each => each.Reset());
        }
    }

    /// <summary>How long a part of a stream takes.</summary>
    public TimeSpan Latency() => _world.Between(Fast, TimeSpan.FromMilliseconds(IsBad ? 200 : 2))
        + (IsBad && _world.Chance(BadPercent) ? Repeat : TimeSpan.Zero);

    /// <summary>Whether a part of a stream resets its connection.</summary>
    public bool Resets() => IsBad && _world.Prng.Between(1, _resetsOneOf) == 1;

    private int AnyOf(int[] values) => values[_world.Prng.Between(0, values.Length - 1)];

    // After the end of its life, an actor system ends outside of the simulation, and its messages go nowhere.
    private sealed class Channels(SimulatedNetwork network, NodeLife life) : IChannels
    {
        public ByteChannel New() => life.IsOver
            ? new SimulatedChannel(network._world, network, life, 0, null)
            : network.NewChannel(life, null);

        public IChannelListener Listen(string host, int port) => network._listeners[life.Node.Name] = new Listener(life, port);
    }

    /// <summary>The port of one start of a node.</summary>
    internal sealed class Listener(NodeLife life, int port) : IChannelListener
    {
        private readonly Queue<ByteChannel> _accepted = [];
        private TaskCompletionSource<ByteChannel>? _waiting;
        private bool _isClosed;

        public NodeLife Life => life;

        public int Port => port;

        /// <summary>Connections to it are accepted.</summary>
        public bool IsOpen => !_isClosed && !life.IsOver;

        /// <summary>Gives it a connection. For a turn of its node.</summary>
        public void Take(ByteChannel channel)
        {
            if (_waiting is { } waiting)
            {
                _waiting = null;
                waiting.SetResult(channel);
            }
            else
            {
                _accepted.Enqueue(channel);
            }
        }

        public Task<ByteChannel> AcceptAsync()
        {
            if (_accepted.TryDequeue(out var channel))
            {
                return Task.FromResult(channel);
            }

            _waiting = new TaskCompletionSource<ByteChannel>();
            return _waiting.Task;
        }

        public void Dispose() => _isClosed = true;
    }
}
