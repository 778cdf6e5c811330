namespace RaftActors.Testing.Simulation;

/// <summary>The network between the nodes. It delays, loses, repeats and reorders messages, and cuts each direction by itself.</summary>
internal sealed class SimulatedNetwork(World world)
{
    private const int BadPercent = 10;

    private static readonly TimeSpan Fast = TimeSpan.FromMicroseconds(100);

    private readonly Dictionary<string, SimulatedTransport> _transports = new(StringComparer.Ordinal);
    private readonly HashSet<(string From, string To)> _cuts = [];

    /// <summary>Messages are lost, repeated, and delayed so long that they overtake each other.</summary>
    public bool IsBad { get; set; }

    public long Delivered { get; private set; }

    public bool IsCut(string from, string to) => _cuts.Contains((from, to));

    public void Cut(string from, string to) => _cuts.Add((from, to));

    public void Mend(string from, string to) => _cuts.Remove((from, to));

    /// <summary>Everything is as at the beginning.</summary>
    public void MendAll()
    {
        IsBad = false;
        _cuts.Clear();
    }

    /// <summary>Connects a start of a node.</summary>
    public SimulatedTransport Connect(NodeLife life) => _transports[life.Node.Name] = new SimulatedTransport(this, life);

    private int FaultPercent => IsBad ? BadPercent : 0;

    private void Send(NodeLife life, string to, ReadOnlyMemory<byte> message)
    {
        if (life.IsOver)
        {
            return;
        }

        world.Trace.Mix(message.Span);
        var from = life.Node;
        if (IsCut(from.Name, to) || world.Chance(FaultPercent))
        {
            Show(from.Name, to, message, ", lost");
            return;
        }

        for (var copies = world.Chance(FaultPercent) ? 2 : 1; copies > 0; copies--)
        {
            world.After(world.Between(Fast, TimeSpan.FromMilliseconds(IsBad ? 200 : 2)), null, () => Deliver(from.Name, to, message));
        }
    }

    private void Deliver(string from, string to, ReadOnlyMemory<byte> message)
    {
        if (_transports.TryGetValue(to, out var target) && !target.Life.IsOver && !IsCut(from, to))
        {
            Delivered++;
            world.Trace.Mix(target.Life.Node.Number, message.Length);
            Show(from, to, message, "");
            target.Life.Post(() => target.OnMessage(from, message));
        }
    }

    private void Show(string from, string to, ReadOnlyMemory<byte> message, string end)
    {
        if (world.Trace.NeedsLines)
        {
            var (text, isCall) = MessageText.Of(to, message);
            world.Trace.Show(world.Now, $"{from} -> {to}: {text}{end}", isCall);
        }
    }

    /// <summary>The network as one start of a node sees it.</summary>
    internal sealed class SimulatedTransport(SimulatedNetwork network, NodeLife life) : RaftTransport
    {
        public NodeLife Life => life;

        public void OnMessage(string from, ReadOnlyMemory<byte> message) => Receive(from, message);

        protected internal override void Send(string to, ReadOnlyMemory<byte> message) => network.Send(Life, to, message);
    }
}
