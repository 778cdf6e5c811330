using Akka.Actor;
using Akka.Remote.Transport;

using Google.Protobuf;

namespace CoordinationTrials.Simulated;

/// <summary>
/// The connections of Akka.Remote between simulated nodes. A connection keeps its bytes in order. Messages that a cut holds up arrive
/// after its end, as with TCP.
/// </summary>
internal sealed class AkkaNetwork(World world, SimulatedNetwork network)
{
    private static readonly TimeSpan Fastest = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Resend = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, SimulatedTransport> _transports = [];

    /// <summary>The one of the run. Akka.NET makes transports and failure detectors, so it is static.</summary>
    public static AkkaNetwork Current { get; set; } = null!; // Justification: set at the start of each run.

    /// <summary>By the clock of the node whose turn it is, in milliseconds.</summary>
    public long Milliseconds => (long)(world.Running?.Node.Clock ?? world.Now).TotalMilliseconds;

    /// <summary>The directions that are cut for Akka.Remote alone. Raft has connections of its own.</summary>
    public HashSet<(string From, string To)> Cuts { get; } = [];

    public void Add(SimulatedTransport transport) => _transports[transport.Host] = transport;

    /// <summary>Connects two nodes. Asks again and again while they do not reach each other, as TCP does, up to a limit.</summary>
    public Task<AssociationHandle> Connect(SimulatedTransport from, Address to)
    {
        TaskCompletionSource<AssociationHandle> connected = new();
        var end = world.Now + ConnectMax;
        Try();
        return connected.Task;

        void Try() => world.After(world.Between(Fastest, Slowest), from.Life, () =>
        {
            if (_transports.GetValueOrDefault(to.Host) is { Life.IsOver: false, Listener: { } listener } target
                && Reaches(from, target) && Reaches(target, from))
            {
                Connection ours = new(from, target), theirs = new(target, from);
                (ours.Other, theirs.Other) = (theirs, ours);
                from.Connections.Add(ours);
                target.Connections.Add(theirs);
                target.Life.Post(() => listener.Notify(new InboundAssociation(theirs)));
                connected.SetResult(ours);
            }
            else if (world.Now < end)
            {
                world.After(Resend, from.Life, Try);
            }
            else
            {
                connected.SetException(new InvalidAssociationException($"{to} does not answer"));
            }
        });
    }

    /// <summary>The process of a node has ended, so its system closes all connections.</summary>
    public void OnEnded(string host)
    {
        if (_transports.GetValueOrDefault(host) is { } transport)
        {
            transport.Connections.ForEach(each => each.Break());
            transport.Connections.Clear();
        }
    }

    public bool Reaches(string from, string to) => !network.IsCut(from, to) && !Cuts.Contains((from, to));

    private bool Reaches(SimulatedTransport from, SimulatedTransport to) => Reaches(from.Host, to.Host);

    /// <summary>One side of a connection.</summary>
    internal sealed class Connection(SimulatedTransport from, SimulatedTransport to) : AssociationHandle(from.Address, to.Address)
    {
        private readonly Queue<ByteString> _sent = [];
        private readonly Queue<ByteString> _received = [];
        private bool _isClosed;
        private bool _isOver;

        public Connection Other { get; set; } = null!; // Justification: set right after both are made.

        public override bool Write(ByteString payload)
        {
            if (_isClosed)
            {
                return false;
            }

            _sent.Enqueue(payload);
            Current.After(Fastest, Slowest, Arrive);
            return true;
        }

        [Obsolete("As in the base class.")]
        public override void Disassociate()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                Current.After(Fastest, Slowest, Arrive);
            }
        }

        /// <summary>Tells the other side of the end of this one, as soon as it reaches it.</summary>
        public void Break()
        {
            if (Other._isOver || to.Life.IsOver)
            {
                return;
            }

            if (Current.Reaches(from, to) && Other.ReadHandlerSource.Task.IsCompleted)
            {
                Other._isClosed = Other._isOver = true;
                to.Life.Post(Other.Tell);
            }
            else
            {
                Current.After(Resend, Resend, Break);
            }
        }

        // Once for each message, and for the end. Each takes what is next, so that no message overtakes another one.
        private void Arrive()
        {
            if (from.Life.IsOver || _isOver)
            {
                return;
            }

            if (!Current.Reaches(from, to) || (!to.Life.IsOver && !Other.ReadHandlerSource.Task.IsCompleted))
            {
                Current.After(Resend, Resend, Arrive);
            }
            else if (to.Life.IsOver || Other._isClosed)
            {
                _isClosed = _isOver = true;
                from.Life.Post(Tell);
            }
            else if (_sent.TryDequeue(out var payload))
            {
                Other._received.Enqueue(payload);
                to.Life.Post(Other.Receive);
            }
            else if (_isClosed)
            {
                _isOver = Other._isClosed = Other._isOver = true;
                to.Life.Post(Other.Tell);
            }
        }

        // Turns have no order, so each takes the next message.
        private void Receive() => ReadHandlerSource.Task.Result.Notify(new InboundPayload(_received.Dequeue()));

        private void Tell()
        {
            if (ReadHandlerSource.Task.IsCompleted)
            {
                ReadHandlerSource.Task.Result.Notify(new Disassociated(DisassociateInfo.Unknown));
            }
        }
    }

    private void After(TimeSpan least, TimeSpan most, Action run) => world.After(world.Between(least, most), null, run);
}

/// <summary>The transport of one start of a node. Made by Akka.NET.</summary>
internal sealed class SimulatedTransport : Transport
{
    private readonly TaskCompletionSource<IAssociationEventListener> _listener = new();

    public SimulatedTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        Life = NodeLife.Of(system.Settings.Config);
        Address = new Address(Scheme, system.Name, Host, 1);
        SchemeIdentifier = Scheme;
        MaximumPayloadBytes = 128_000;
    }

    public const string Scheme = "sim";

    public NodeLife Life { get; }

    public List<AkkaNetwork.Connection> Connections { get; } = [];

    public string Host => Life.Node.Name;

    public Address Address { get; }

    /// <summary>Null: the node does not listen yet.</summary>
    public IAssociationEventListener? Listener => _listener.Task.IsCompletedSuccessfully ? _listener.Task.Result : null;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        AkkaNetwork.Current.Add(this);
        return Task.FromResult((Address, _listener));
    }

    public override bool IsResponsibleFor(Address remote) => true;

    public override Task<AssociationHandle> Associate(Address remoteAddress) => AkkaNetwork.Current.Connect(this, remoteAddress);

    public override Task<bool> Shutdown() => Task.FromResult(true);
}
