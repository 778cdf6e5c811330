using Akka.Actor;
using Akka.Cluster;

namespace CoordinationTrials.Simulated;

/// <summary>A node of a <see cref="StartRun"/>: a process of the coordination group and a member of Akka.Cluster, without work.</summary>
internal sealed class StartNode(Stage stage, int number, bool hasSeeds)
{
    private static readonly TimeSpan JoinInterval = TimeSpan.FromSeconds(1);

    // As akka.cluster.seed-node-timeout.
    private static readonly TimeSpan SeedTimeout = TimeSpan.FromSeconds(5);

    private static readonly Config ByGroup = ConfigurationFactory.ParseString(
        """
        raft-coordination { bootstrap = on, member-timeout = 10s }
        akka.cluster.retry-unsuccessful-join-after = off
        """);

    // The phases of CoordinatedShutdown end a process that has not left by then.
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(15);

    private TimeSpan? _leavesAt;

    private readonly SimulatedNode _node =
        new(stage.World, number - 1, ClusterNode.NameOf(number)) { Rate = 1 + (((number * 7 % 5) - 2) / 1000.0) };

    public string Name => _node.Name;

    public bool IsRunning => _node.Life is not null;

    public bool IsPaused => _node.IsPaused;

    public Cluster? Cluster => _node.System is { } system ? Akka.Cluster.Cluster.Get(system) : null;

    public UniqueAddress? Address => Cluster?.SelfUniqueAddress;

    /// <summary>It was downed or has left, so its process ends.</summary>
    public bool IsRemoved => Cluster is { IsTerminated: true }
        || (_node.System is { } system && CoordinatedShutdown.Get(system).ShutdownReason is CoordinatedShutdown.ClusterDowningReason)
        || stage.World.Now - _leavesAt > LeaveTimeout;

    public TimeSpan StartedAt { get; private set; }

    /// <summary>It is a member by its own view.</summary>
    public bool IsMember => IsRunning && !IsPaused && Members.Contains(Address!);

    /// <summary>It is Up by its own view, and runs.</summary>
    public bool IsUp => IsRunning && !IsPaused && Cluster is { IsTerminated: false, SelfMember.Status: MemberStatus.Up };

    /// <summary>The members by its own view.</summary>
    public ImmutableHashSet<UniqueAddress> Members => [.. Cluster!.State.Members.Select(each => each.UniqueAddress)];

    public void Start(IReadOnlyList<StartNode> all) => _node.Start(hasSeeds ? Stage.Config : ByGroup.WithFallback(Stage.Config), life =>
    {
        stage.Note($"{Name} starts");
        (StartedAt, _leavesAt) = (stage.World.Now, null);
        RaftCoordination.Get(life.System);
        if (hasSeeds)
        {
            JoinBySeeds(life, all, stage.World.Now);
        }
    });

    public void Kill()
    {
        stage.Note($"{Name} ends");
        _ = _node.Crash();
        AkkaNetwork.Current.OnEnded(Name);
    }

    public void Pause()
    {
        stage.Note($"{Name} is paused");
        _node.Pause();
    }

    public void Resume()
    {
        if (IsPaused)
        {
            stage.Note($"{Name} goes on");
            _node.Resume();
        }
    }

    public void Leave()
    {
        stage.Note($"{Name} leaves");
        _leavesAt = IsRunning ? stage.World.Now : null;
        _node.Life?.Post(() => Cluster?.Leave(Cluster.SelfAddress));
    }

    // The rule of Akka's seed nodes, which themselves wait by the clock of the machine: a node joins the first seed node that answers, and
    // the first seed node joins itself if none has answered in time.
    private void JoinBySeeds(NodeLife life, IReadOnlyList<StartNode> all, TimeSpan begin)
    {
        var cluster = Akka.Cluster.Cluster.Get(life.System);
        if (cluster.State.Members.All(member => member.UniqueAddress != cluster.SelfUniqueAddress))
        {
            var answering = all.FirstOrDefault(each => each.Name != Name && each is { IsRunning: true, IsPaused: false, IsRemoved: false }
                && each.Members.Contains(each.Address!)
                && AkkaNetwork.Current.Reaches(Name, each.Name) && AkkaNetwork.Current.Reaches(each.Name, Name));
            if (answering is not null)
            {
                cluster.Join(answering.Address!.Address);
            }
            else if (number == 1 && stage.World.Now - begin >= SeedTimeout)
            {
                cluster.Join(cluster.SelfAddress);
            }

            life.After(JoinInterval, () => JoinBySeeds(life, all, begin));
        }
    }
}
