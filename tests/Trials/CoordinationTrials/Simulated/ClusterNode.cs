using Akka.Actor;
using Akka.Cluster;

using CoordinationTrials.Check;
using CoordinationTrials.Faults;
using CoordinationTrials.Node;

namespace CoordinationTrials.Simulated;

/// <summary>One node of the simulated cluster, with what a <see cref="TrialNode"/> hosts.</summary>
internal sealed class ClusterNode(World world, Register register, int number) : FaultyNode(number, NameOf(number))
{
    private static readonly TimeSpan JoinInterval = TimeSpan.FromSeconds(1);

    private readonly SimulatedNode _node = new(world, number - 1, NameOf(number)) { Rate = 1 + (((number * 7 % 5) - 2) / 1000.0) };
    private int _lives;
    private bool _founds;

    public override bool IsRunning => _node.Life is not null;

    public override Node.Status? Status => Cluster is { } cluster ? Node.Status.Of(cluster.State, address => address.Host) : null;

    /// <summary>Null: it does not run.</summary>
    public Cluster? Cluster => System is { } system ? Akka.Cluster.Cluster.Get(system) : null;

    public ActorSystem? System => _node.System;

    public bool IsUp => Cluster?.SelfMember.Status == MemberStatus.Up;

    /// <summary>It is in a cluster, or founds one.</summary>
    public bool IsInCluster => IsRunning && (_founds || Cluster is { State.Members.IsEmpty: false });

    /// <summary>It was downed or has left, so its process ends.</summary>
    public bool IsRemoved => Cluster is { IsTerminated: true };

    /// <summary>Each write to its disk takes up to 300 ms.</summary>
    public bool HasSlowDisk
    {
        set => _node.HasSlowDisk = value;
    }

    public static string NameOf(int number) => $"n{number}";

    /// <summary>The disk has so many bytes free from now on. Null: there is no bound.</summary>
    public void SetFree(long? bytes) => _node.SetFree(bytes);

    /// <summary>Starts the node.</summary>
    /// <param name="seed">Returns the address of a node to join; null: none is in the cluster.</param>
    /// <param name="founds">It founds the cluster.</param>
    public void Start(Config config, Func<Address?> seed, bool founds)
    {
        var instance = $"{Number}-{++_lives}";
        _founds = founds;
        _node.Start(config, life =>
        {
            _ = HostEntities(life, instance);
            _ = HoldLock(life, instance);
            if (founds)
            {
                var cluster = Akka.Cluster.Cluster.Get(life.System);
                cluster.Join(cluster.SelfAddress);
            }
            else
            {
                Join(life, seed);
            }
        });
    }

    public override void Kill()
    {
        _ = _node.Crash();
        AkkaNetwork.Current.OnEnded(Address);
    }

    public override void Freeze() => _node.Pause();

    public override void Resume() => _node.Resume();

    public override void Leave() => _node.Life?.Post(() => Cluster?.Leave(Cluster.SelfAddress));

    private void ToRegister(string resource, string instance, long? token) =>
        register.Add(new(resource, Number, instance, token, world.Now.Ticks));

    private async Task HostEntities(NodeLife life, string instance)
    {
        var region = await Holders.Start(life.System, instance, hasTokens: true, ToRegister);
        Wake();

        void Wake()
        {
            foreach (var entity in TrialNode.Entities)
            {
                region.Tell(entity, ActorRefs.NoSender);
            }

            life.After(TrialNode.WakeInterval, Wake);
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

                ToRegister(TrialNode.Lock, holder, held.Token);
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
