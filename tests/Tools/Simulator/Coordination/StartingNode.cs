using Akka.Actor;
using Akka.Event;

using RaftActors.Coordination;
using RaftActors.Coordination.Bootstrap;
using RaftActors.Coordination.Sessions;
using RaftActors.Coordination.Settings;

namespace RaftActors.Simulator.Coordination;

/// <summary>
/// One life of a node that finds or founds its cluster. Akka.Cluster is abstract: a member that is asked to take up a node adds it and
/// answers, the node takes the answer of the member that it asked last, and a member that is Up leads it to Up.
/// </summary>
internal sealed class StartingNode : SimulatedProgram
{
    // A node whose members are all dead becomes Up when they were downed.
    private const int DowningMs = 3_000;

    private readonly World _world;
    private readonly StartRun _run;
    private readonly SessionKeeper _keeper;
    private readonly ClusterBootstrap _bootstrap;
    private Address? _asked;

    public StartingNode(string name, int uid, World world, Setup setup, SimulatedGroup group, CommittedLog log, StartRun run)
        : base(name, world, setup, group, log)
    {
        (_world, _run) = (world, run);
        (Address, Node) = (new Address("akka.tcp", "sim", name, 1), $"akka.tcp://sim@{name}:1#{uid}");
        var settings = new CoordinationSettings("coordination", [], name, setup.SessionTimeout, setup.RenewInterval, setup.ClockDrift);
        _keeper = new SessionKeeper(Calls, settings, name, Clock, NoLogger.Instance);
        Seat seat = new(
            Node,
            () => Cluster is { } cluster ? [.. cluster.Members.Select(each => each.Node)] : [],
            address => _world.After(_world.Between(0, _world.Random.Any([5, 500])), () => Receive(() => Join(address))),
            Down);
        _bootstrap = new ClusterBootstrap(
            seat, "sim", new RaftItems(Calls, _keeper), _keeper, Clock, NoLogger.Instance, "");
        Begin(_bootstrap.RunAsync);
    }

    public Address Address { get; }

    /// <summary>Its address with its uid.</summary>
    public string Node { get; }

    /// <summary>The cluster of which it is a member; null: it is in none.</summary>
    public FormedCluster? Cluster { get; private set; }

    public bool IsUp { get; private set; }

    /// <summary>It is downed, or leaves.</summary>
    public bool IsOut { get; private set; }

    public override string ToString() => $"{Node} in {Cluster}, {(IsUp ? "Up" : "not Up")}{(IsPaused ? ", paused" : "")}";

    public override void Crash()
    {
        base.Crash();
        Leave();
    }

    protected override void OnResumed()
    {
    }

    protected override async Task EndAsync()
    {
        Leave();
        await _bootstrap.DisposeAsync();
    }

    private void Leave()
    {
        (IsOut, IsUp) = (true, false);
        Cluster?.Members.Remove(this);
    }

    private void Down()
    {
        if (!IsOut)
        {
            _world.Trace($"{Node} downs itself");
            Leave();
            _run.Totals.Downed++;
            _world.After(_world.Between(0, 500), () => Receive(Close));
        }
    }

    private void Join(Address address)
    {
        if (Cluster is not null || IsOut)
        {
            return;
        }

        _asked = address;
        if (address.Equals(Address))
        {
            Cluster = new FormedCluster(++_run.Totals.Clusters) { Members = { this } };
            _world.Trace($"{Node} forms {Cluster}");
            _world.After(_world.Between(0, 500), () => Receive(BecomeUp));
        }
        else if (_run.Find(address) is { } member)
        {
            Send(() => member.Receive(() => member.TakeUp(this)));
        }
    }

    private void TakeUp(StartingNode node)
    {
        if (Cluster is { } cluster && !IsOut)
        {
            cluster.Members.Add(node);
            Send(() => node.Receive(() => node.OnTakenUp(this, cluster)));
        }
    }

    private void OnTakenUp(StartingNode member, FormedCluster cluster)
    {
        if (Cluster is null && !IsOut && member.Address.Equals(_asked))
        {
            _world.Trace($"{Node} is taken up by {member.Node} into {cluster}");
            (Cluster, var at) = (cluster, _world.Now);
            cluster.Members.Add(this);
            WaitToBeLed(at);
        }
    }

    private void WaitToBeLed(TimeSpan since) => _world.After(_world.Between(0, 500), () => Receive(() =>
    {
        if (_world.Now - since > TimeSpan.FromMilliseconds(DowningMs)
            || Cluster!.Members.Exists(each => each is { IsUp: true, IsPaused: false }))
        {
            BecomeUp();
        }
        else
        {
            WaitToBeLed(since);
        }
    }));

    private void BecomeUp()
    {
        if (!IsOut)
        {
            IsUp = true;
            _ = _bootstrap.OnUpAsync();
        }
    }

    /// <summary>A cluster of Akka.Cluster.</summary>
    internal sealed class FormedCluster(long number)
    {
        public Roster Members { get; } = [];

        /// <inheritdoc/>
        public override string ToString() => $"the cluster {number}";

        internal sealed class Roster : List<StartingNode>
        {
            public new void Add(StartingNode node)
            {
                if (!Contains(node))
                {
                    base.Add(node);
                }
            }
        }
    }
}
