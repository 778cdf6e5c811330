using Akka.Actor;
using Akka.Configuration;

using RaftActors.Settings;

namespace RaftActors.Testing.Simulation;

/// <summary>One run of a simulation, from the start of the nodes to the last condition.</summary>
internal sealed class SimulationRun : IDisposable
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromMinutes(1);

    // Of the machine. An actor that never stops, as it may if its thread is the simulation's, keeps its memory.
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FlapsAfter = TimeSpan.FromMilliseconds(100);

    // Room for a part of a write, for a snapshot, or nearly for a segment of the log.
    private const int FreeMax = 48 * 1024;

    private readonly World _world;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<HostedActor> _actors = [];
    private readonly List<SimulatedNode> _clients = [];

    // The ends of the actor systems of crashed nodes.
    private readonly List<Task> _ended = [];
    private readonly Config _config;
    private readonly Action<Raft> _setUp;
    private readonly SimulatedThread _thread;

    // The faults that last, by their kind and what they have broken: a node, one life of it, the network, or a direction of it.
    private readonly Dictionary<(SimulationFaults Kind, object Target), int> _broken = [];
    private bool _isMended;

    /// <param name="actors">Those that each node starts. The first one's group is the default.</param>
    /// <param name="setUp">Called for each actor system, before its actors and clients.</param>
    public SimulationRun(
        World world, int nodes, IReadOnlyList<PlannedActor> actors, Config config, Action<Raft> setUp)
    {
        (_world, _setUp) = (world, setUp);
        var names = Enumerable.Range(1, nodes).Select(number => $"n{number}").ToList();

        // Runs are short, so with the default of snapshots no actor would restore one.
        _config = config
            .WithFallback(ConfigurationFactory.ParseString(
                $$"""
                raft {
                  group = simulated
                  roster = [{{string.Join(", ", names.Select(node => $"\"{actors[0].Name}@{node}\""))}}]
                  quorum.allow-fewer-than-three = on
                  client.contacts = [{{string.Join(", ", names)}}]
                  snapshot.after-entries = 16
                }
                """))
            .WithFallback(Raft.DefaultConfig());
        for (var number = 0; number < nodes; number++)
        {
            SimulatedNode node = new(world, number, names[number]) { Rate = 1 + (world.Prng.Between(-10, 10) / 1000.0) };
            _nodes.Add(node);
            _actors.AddRange(actors.Where(actor => actor.IsOn(node.Name, names))
                .Select(actor => new HostedActor(node, actor.Name, () => actor.Create(node.Number))));
        }

        _thread = new SimulatedThread(world);
    }

    public SimulatedNetwork Network => _world.Network;

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>Nodes may crash.</summary>
    public bool HasCrashes { get; init; }

    /// <summary>An actor need not apply all committed pairs.</summary>
    public bool AllowsUndelivered { get; init; }

    /// <summary>States may differ for a while.</summary>
    public bool AllowsDiverged { get; init; }

    public SimulationResult Run(
        IReadOnlyList<PlannedFault> plan,
        TimeSpan duration,
        int clients,
        Func<SimulatedClient, Task> program,
        IReadOnlyList<(string What, Func<SimulationView, bool> Holds)> always,
        IReadOnlyList<(string What, Func<SimulationView, bool> Holds)> eventually)
    {
        SimulationView view = new(_nodes, _actors);
        List<GroupChecker> checkers =
            [.. _actors.GroupBy(actor => actor.Name).Select(group => new GroupChecker(_world, [.. group], AllowsDiverged))];
        List<Task> programs = [];
        _world.OnQuiet = () =>
        {
            checkers.ForEach(each => each.Check());
            if (programs.Find(each => each.IsFaulted) is { Exception.InnerException: { } failure })
            {
                throw new SimulationException(failure.GetType().Name, $"a program failed: {failure.Message}", failure);
            }

            foreach (var (what, holds) in always)
            {
                Demand(Ask(what, holds, view), what, $"'{what}' does not hold");
            }
        };
        _nodes.ForEach(Start);
        programs.AddRange(Enumerable.Range(0, clients).Select(number => StartClient(number, program)));
        foreach (var fault in plan)
        {
            UnlessMended(fault.At, () => Begin(fault));
        }

        _world.RunUntil(duration);
        Mend();
        var haveEnded = _world.RunUntil(_world.Now + EndTimeout, () => programs.TrueForAll(each => each.IsCompleted));
        Demand(haveEnded, "programs", $"a program has not ended {EndTimeout} after the last fault");
        if (!AllowsUndelivered)
        {
            DemandDelivery(EndTimeout);
        }

        foreach (var (what, holds) in eventually)
        {
            var hasHeld = _world.RunUntil(_world.Now + EndTimeout, () => Ask(what, holds, view));
            Demand(hasHeld, what, hasHeld ? "" : $"'{what}' does not hold {EndTimeout} after the last fault; delivered: {Delivered()}");
        }

        _world.OnQuiet = () => checkers.ForEach(each => each.Check());
        CompareRestarted(duration > EndTimeout ? duration : EndTimeout);
        return new SimulationResult(
            _world.Trace.Hash, _world.Now, Network.Delivered, checkers.Sum(each => each.Pairs), plan.Count);
    }

    public void Dispose()
    {
        _ended.AddRange(_nodes.Concat(_clients).Select(node => node.Life?.End() ?? Task.CompletedTask));
        _thread.Dispose();

        // Otherwise the memory of many runs would wait for the thread pool.
        Task.WaitAll([.. _ended], EndMax);
    }

    // A condition may also fail by an assertion of the user's test framework.
    private static bool Ask(string what, Func<SimulationView, bool> holds, SimulationView view)
    {
        try
        {
            return holds(view);
        }
        catch (Exception e) when (e is not SimulationException)
        {
            throw new SimulationException(what, $"'{what}' failed: {e.Message}", e);
        }
    }

    // Otherwise a run without a crash behind its last snapshot would compare no actor that has restored one.
    private void CompareRestarted(TimeSpan timeout)
    {
        var isCompared = HasCrashes && _nodes.Count > 1 && !AllowsUndelivered && !AllowsDiverged;
        if (!isCompared || !_actors.Exists(actor => actor.Latest is IRaftSnapshot))
        {
            return;
        }

        var node = _nodes[_world.Prng.Between(0, _nodes.Count - 1)];
        _world.Trace.Add(_world.Now, $"{node.Name} crashes, to compare what it restores");
        Crash(node);
        Start(node);

        // A learner that fetches its pairs hears of missing ones with the next pair, which may never come.
        DemandDelivery(timeout, mayBeBehind: true);
    }

    // Without this, a run would pass in which an actor fails at a pair on all nodes, and every later pair would be unchecked.
    private void DemandDelivery(TimeSpan timeout, bool mayBeBehind = false)
    {
        var committed = _actors.GroupBy(actor => actor.Name)
            .ToDictionary(group => group.Key, group => group.Max(actor => actor.Status?.Committed ?? Serial.Zero));
        _world.RunUntil(_world.Now + timeout, () => _actors.TrueForAll(HasDelivered));
        if (_actors.Find(actor => !HasDelivered(actor) && (!mayBeBehind || HasFailed(actor))) is { } late)
        {
            var why = late.Status is { } status ? status.Failure ?? status.HeldAt?.ToString() ?? "it is behind" : "its store is not open";
            Demand(
                false,
                "delivery",
                $"{late.Name}@{late.Node.Name} has not applied all committed pairs {timeout} after the programs: {why.TrimEnd('.')}; "
                    + $"delivered: {Delivered()}");
        }

        static bool HasFailed(HostedActor actor) => actor.Status is not { HeldAt: null, Failure: null };

        bool HasDelivered(HostedActor actor) => actor.Status is { } status
            && (status.Outside is not null || (status.HeldAt is null && status.Delivered >= committed[actor.Name]));
    }

    private string Delivered() => string.Join(", ", _actors.Select(actor =>
        $"{actor.Name}@{actor.Node.Name} {(actor.Status is { } status ? $"{status.Delivered} of {status.Committed}" : "is down")}"));

    private void Demand(bool holds, string kind, string otherwise)
    {
        if (!holds)
        {
            throw new SimulationException(kind, FormattableString.Invariant($"at {_world.Now.TotalSeconds:0.0000} s {otherwise}"))
            {
                IsLate = _isMended,
            };
        }
    }

    private void Start(SimulatedNode node)
    {
        _world.Trace.Add(_world.Now, $"{node.Name} starts");
        node.Start(_config, life =>
        {
            _setUp(Raft.Get(life.System));
            _actors.FindAll(actor => actor.Node == node).ForEach(actor => actor.Start(life.System));
        });
    }

    private Task StartClient(int number, Func<SimulatedClient, Task> program)
    {
        SimulatedNode node = new(_world, _nodes.Count + number, $"c{number + 1}");
        TaskCompletionSource end = new();
        node.Start(_config, life =>
        {
            _clients.Add(node);
            _setUp(Raft.Get(life.System));
            SimulatedContext context = new(_world, life);
            SimulatedClient client = new(_world, life, number);
            _world.Post(life, () => context.Run(() => _ = RunAsync(client)));
        });
        return end.Task;

        async Task RunAsync(SimulatedClient client)
        {
            try
            {
                await program(client);
                end.SetResult();
            }
            catch (Exception e)
            {
                end.SetException(e);
            }
        }
    }

    private void Begin(PlannedFault plan)
    {
        var leader = plan.IsOfLeader ? _actors.Find(hosted => hosted.Status is { Role: RaftRole.Leader }) : null;
        var fault = leader is null ? plan : plan with { Nodes = [leader.Node.Number] };
        _world.Trace.Add(_world.Now, $"fault: {fault.Kind} of {string.Join(", ", fault.Nodes.Select(each => _nodes[each].Name))}");
        foreach (var node in fault.Nodes)
        {
            Begin(fault, _nodes[node]);
        }

        switch (fault.Kind)
        {
            case SimulationFaults.BadNetwork:
                Break(fault.Kind, Network, fault.Lasts, () => Network.IsBad = true, () => Network.IsBad = false);
                break;
            case SimulationFaults.Partitions:
                Cut(
                    [.. fault.Directions(_nodes.Count).Select(each => (_nodes[each.From].Name, _nodes[each.To].Name))],
                    fault.Shape == PartitionShape.Flapping ? FlapsAfter : fault.Lasts,
                    _world.Now + fault.Lasts);
                break;
        }
    }

    // Until the end the directions are cut and mended in turn.
    private void Cut(List<(string From, string To)> directions, TimeSpan period, TimeSpan end)
    {
        foreach (var (from, to) in directions)
        {
            Break(SimulationFaults.Partitions, (from, to), period, () => Network.Cut(from, to), () => Network.Mend(from, to));
        }

        if (_world.Now + (2 * period) < end)
        {
            UnlessMended(2 * period, () => Cut(directions, period, end));
        }
    }

    private void Begin(PlannedFault fault, SimulatedNode node)
    {
        switch (fault.Kind)
        {
            case SimulationFaults.Crashes:
                Break(fault.Kind, node, fault.Lasts, () => Crash(node), () => Start(node));
                break;
            case SimulationFaults.Pauses when node.Life is { } life:
                Break(fault.Kind, life, fault.Lasts, node.Pause, () => ResumeIn(life));
                break;
            case SimulationFaults.SlowDisks:
                Break(fault.Kind, node, fault.Lasts, () => node.HasSlowDisk = true, () => node.HasSlowDisk = false);
                break;
            case SimulationFaults.ClockSteps:
                node.StepClock(fault.Step);
                break;
            case SimulationFaults.FullDisks:
                Break(fault.Kind, node, fault.Lasts, () => node.SetFree(_world.Prng.Between(0, FreeMax)), () => MakeRoom(node));
                break;
        }
    }

    // Invariant: a target is mended when the last of the faults of the kind that have broken it ends, or all is mended. Otherwise a short
    // fault would end a long one that overlaps it.
    private void Break(SimulationFaults kind, object target, TimeSpan lasts, Action begin, Action end)
    {
        _broken[(kind, target)] = _broken.GetValueOrDefault((kind, target)) + 1;
        begin();
        UnlessMended(lasts, () =>
        {
            if (--_broken[(kind, target)] == 0)
            {
                end();
            }
        });
    }

    // Each later action of a fault goes through here, so that it does nothing after the mend.
    private void UnlessMended(TimeSpan delay, Action run) => _world.After(delay, null, () =>
    {
        if (!_isMended)
        {
            run();
        }
    });

    private void Crash(SimulatedNode node)
    {
        if (node.System is not null)
        {
            _ended.Add(node.Crash());
        }
    }

    // A crash has ended the pauses of the node's earlier lives.
    private static void ResumeIn(NodeLife life)
    {
        if (!life.IsOver)
        {
            life.Node.Resume();
        }
    }

    // An actor that finds a full disk at its start gives up. So whoever makes room starts the node again.
    private void MakeRoom(SimulatedNode node)
    {
        node.SetFree(null);
        if (node is { System: not null, IsPaused: false } && _actors.Exists(actor => actor.Node == node && actor.Process is null))
        {
            Crash(node);
            Start(node);
        }
    }

    private void Mend()
    {
        _isMended = true;
        _world.Trace.Add(_world.Now, "all faults are mended");
        Network.MendAll();
        foreach (var node in _nodes)
        {
            node.HasSlowDisk = false;
            node.Resume();
            MakeRoom(node);
            if (node.System is null)
            {
                Start(node);
            }
        }
    }
}

/// <summary>An actor that nodes start.</summary>
/// <param name="Create">Creates the one of the node with this number.</param>
/// <param name="Shard">Null: each node starts it.</param>
internal sealed record PlannedActor(string Name, Func<int, ActorBase> Create, RaftShard? Shard)
{
    public bool IsOn(string node, IEnumerable<string> nodes) => Shard is null
        || ShardPlan.RosterOf(Shard, [.. nodes.Select(each => new ProcessName($"{Name}@{each}"))]).Any(process => process.Node == node);
}
