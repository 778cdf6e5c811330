using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

using CoordinationTrials.Check;
using CoordinationTrials.Node;

using RaftActors;
using RaftActors.Coordination;
using RaftActors.Testing.Simulation;

namespace CoordinationTrials.Simulated;

/// <summary>One node of the simulated cluster, with what a <see cref="TrialNode"/> hosts.</summary>
/// <param name="number">From 1.</param>
internal sealed class ClusterNode(World world, SimulatedNetwork network, Register register, int number)
{
    private static readonly TimeSpan JoinInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WakeInterval = TimeSpan.FromMilliseconds(500);

    private readonly SimulatedNode _node = new(world, number - 1, NameOf(number)) { Rate = 1 + (((number * 7 % 5) - 2) / 1000.0) };
    private int _lives;
    private bool _founds;

    public int Number => number;

    public string Name => _node.Name;

    public TimeSpan StartedAt { get; private set; }

    public bool IsRunning => _node.Life is not null;

    /// <summary>Null: it does not run.</summary>
    public Cluster? Cluster => _node.System is { } system ? Akka.Cluster.Cluster.Get(system) : null;

    public ActorSystem? System => _node.System;

    public bool IsUp => Cluster?.SelfMember.Status == MemberStatus.Up;

    /// <summary>It is in a cluster, or founds one.</summary>
    public bool IsInCluster => IsRunning && (_founds || Cluster is { State.Members.IsEmpty: false });

    /// <summary>It was downed or has left, so its process ends.</summary>
    public bool IsRemoved => Cluster is { IsTerminated: true };

    public static string NameOf(int number) => $"n{number}";

    /// <summary>Starts the node.</summary>
    /// <param name="seed">Returns the address of a node to join; null: none is in the cluster.</param>
    /// <param name="founds">It founds the cluster.</param>
    public void Start(Config config, Func<Address?> seed, bool founds)
    {
        var life = ++_lives;
        (StartedAt, _founds) = (world.Now, founds);
        _node.Start(config, started =>
        {
            var system = started.System;
            Raft.Get(system).UseTransport(network.Connect(started));
            Host(started, $"{number}-{life}");
            if (founds)
            {
                var cluster = Akka.Cluster.Cluster.Get(system);
                cluster.Join(cluster.SelfAddress);
            }
            else
            {
                Join(started, seed);
            }
        });
    }

    /// <summary>Each write to its disk takes up to 300 ms.</summary>
    public bool HasSlowDisk
    {
        set => _node.HasSlowDisk = value;
    }

    /// <summary>The disk has so many bytes free from now on. Null: there is no bound.</summary>
    public void SetFree(long? bytes) => _node.SetFree(bytes);

    /// <summary>Ends the node without a warning.</summary>
    public void Kill()
    {
        _ = _node.Crash();
        AkkaNetwork.Current.OnEnded(Name);
    }

    public void Pause() => _node.Pause();

    public void Resume() => _node.Resume();

    /// <summary>The node leaves the cluster, and ends then.</summary>
    public void Leave() => _node.Life?.Post(() => Cluster?.Leave(Cluster.SelfAddress));

    private void Host(NodeLife life, string instance)
    {
        var system = life.System;
        system.ActorOf(
            ClusterSingletonManager.Props(
                Props.Create(() => new SimulatedWriter(register, world, number, instance, TrialNode.Singleton)),
                PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(system)),
            TrialNode.Singleton);
        _ = HostEntities(life, instance);
        _ = HoldLock(life, instance);
    }

    private async Task HostEntities(NodeLife life, string instance)
    {
        var region = await ClusterSharding.Get(life.System).StartAsync(
            "entities",
            entity => Props.Create(() => new SimulatedWriter(register, world, number, instance, entity)),
            ClusterShardingSettings.Create(life.System),
            new EachInItsShard());
        Wake();

        void Wake()
        {
            foreach (var entity in TrialNode.Entities)
            {
                region.Tell(entity, ActorRefs.NoSender);
            }

            life.After(WakeInterval, Wake);
        }
    }

    private async Task HoldLock(NodeLife life, string instance)
    {
        var coordination = RaftCoordination.Get(life.System);
        for (var holding = 1; !life.IsOver; holding++)
        {
            var held = await coordination.LockAsync(TrialNode.Lock);
            TaskCompletionSource lost = new();
            Write($"{instance}-{holding}");
            await lost.Task;
            await held.DisposeAsync();

            void Write(string holder)
            {
                if (!held.IsHeld)
                {
                    lost.SetResult();
                    return;
                }

                register.Add(new(TrialNode.Lock, number, holder, held.Token, world.Now.Ticks));
                life.After(Writer.Interval, () => Write(holder));
            }
        }
    }

    // The seed nodes of Akka.Cluster wait by the clock of the machine.
    private void Join(NodeLife life, Func<Address?> seed)
    {
        var cluster = Akka.Cluster.Cluster.Get(life.System);
        if (cluster.State.Members.All(member => member.UniqueAddress != cluster.SelfUniqueAddress))
        {
            if (seed() is { } address)
            {
                cluster.Join(address);
            }

            life.After(JoinInterval, () => Join(life, seed));
        }
    }
}

/// <summary>As <see cref="Writer"/>, in the simulation.</summary>
internal sealed class SimulatedWriter : ReceiveActor, IWithTimers
{
    private static int _lives;

    public SimulatedWriter(Register register, World world, int node, string instance, string resource)
    {
        var own = $"{instance}-{Interlocked.Increment(ref _lives)}";
        long? token = null;
        Receive<Due>(_ =>
        {
            token ??= RaftCoordination.Get(Context.System).TokenOf(Context);
            if (token is not null)
            {
                register.Add(new(resource, node, own, token, world.Now.Ticks));
            }
        });
        ReceiveAny(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart() => Timers.StartPeriodicTimer(Due.Instance, Due.Instance, Writer.Interval, Writer.Interval);

    private sealed class Due
    {
        public static Due Instance { get; } = new();
    }
}
