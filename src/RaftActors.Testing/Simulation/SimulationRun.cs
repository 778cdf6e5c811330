using Akka.Actor;
using Akka.Configuration;

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
    private readonly SimulatedNetwork _network;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<HostedActor> _actors = [];
    private readonly List<SimulatedNode> _clients = [];

    // The ends of the actor systems of crashed nodes.
    private readonly List<Task> _ended = [];
    private readonly Config _config;
    private readonly Action<Raft> _setUp;
    private readonly SimulatedThread _thread;
    private bool _isMended;

    /// <param name="actors">Those that each node starts. The first one's group is the default.</param>
    /// <param name="setUp">Called for each actor system, before its actors and clients.</param>
    public SimulationRun(
        World world, int nodes, IReadOnlyList<(string Name, Func<int, ActorBase> Create)> actors, Config config, Action<Raft> setUp)
    {
        (_world, _setUp) = (world, setUp);
        _network = new SimulatedNetwork(world);
        var names = Enumerable.Range(1, nodes).Select(number => $"n{number}").ToList();
        _config = config
            .WithFallback(ConfigurationFactory.ParseString(
                $$"""
                raft {
                  group = simulated
                  roster = [{{string.Join(", ", names.Select(node => $"\"{actors[0].Name}@{node}\""))}}]
                  quorum.allow-fewer-than-three = on
                  client.contacts = [{{string.Join(", ", names)}}]
                }
                """))
            .WithFallback(Raft.DefaultConfig());
        for (var number = 0; number < nodes; number++)
        {
            SimulatedNode node = new(world, number, names[number]) { Rate = 1 + (world.Prng.Between(-10, 10) / 1000.0) };
            _nodes.Add(node);
            _actors.AddRange(actors.Select(actor => new HostedActor(node, actor.Name, () => actor.Create(node.Number))));
        }

        _thread = new SimulatedThread(world);
    }

    public SimulationResult Run(
        IReadOnlyList<PlannedFault> plan,
        TimeSpan duration,
        int clients,
        Func<SimulatedClient, Task> program,
        IReadOnlyList<(string What, Func<SimulationView, bool> Holds)> always,
        IReadOnlyList<(string What, Func<SimulationView, bool> Holds)> eventually)
    {
        SimulationView view = new(_nodes, _actors);
        List<GroupChecker> checkers = [.. _actors.GroupBy(actor => actor.Name).Select(group => new GroupChecker(_world, [.. group]))];
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
            _world.After(fault.At, null, () => Begin(fault));
        }

        _world.RunUntil(duration);
        Mend();
        var haveEnded = _world.RunUntil(_world.Now + EndTimeout, () => programs.TrueForAll(each => each.IsCompleted));
        Demand(haveEnded, "programs", $"a program has not ended {EndTimeout} after the last fault");
        foreach (var (what, holds) in eventually)
        {
            var hasHeld = _world.RunUntil(_world.Now + EndTimeout, () => Ask(what, holds, view));
            Demand(hasHeld, what, hasHeld ? "" : $"'{what}' does not hold {EndTimeout} after the last fault; delivered: {Delivered()}");
        }

        return new SimulationResult(
            _world.Trace.Hash, _world.Now, _network.Delivered, checkers.Sum(each => each.Pairs), plan.Count);
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
            _setUp(Raft.Get(life.System).UseTransport(_network.Connect(life)));
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
            _setUp(Raft.Get(life.System).UseTransport(_network.Connect(life)));
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
                _network.IsBad = true;
                _world.After(fault.Lasts, null, () => _network.IsBad = false);
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
        directions.ForEach(each => _network.Cut(each.From, each.To));
        _world.After(period, null, () =>
        {
            directions.ForEach(each => _network.Mend(each.From, each.To));
            if (_world.Now + period < end && !_isMended)
            {
                _world.After(period, null, () => Cut(directions, period, end));
            }
        });
    }

    private void Begin(PlannedFault fault, SimulatedNode node)
    {
        switch (fault.Kind)
        {
            case SimulationFaults.Crashes when node.System is not null:
                _ended.Add(node.Crash());
                _world.After(fault.Lasts, null, () => StartIfDown(node));
                break;
            case SimulationFaults.Pauses when node.System is not null:
                node.Pause();
                _world.After(fault.Lasts, null, node.Resume);
                break;
            case SimulationFaults.SlowDisks:
                node.HasSlowDisk = true;
                _world.After(fault.Lasts, null, () => node.HasSlowDisk = false);
                break;
            case SimulationFaults.ClockSteps:
                node.StepClock(fault.Step);
                break;
            case SimulationFaults.FullDisks:
                node.SetFree(_world.Prng.Between(0, FreeMax));
                _world.After(fault.Lasts, null, () => MakeRoom(node));
                break;
        }
    }

    // An actor that finds a full disk at its start gives up. So whoever makes room starts the node again.
    private void MakeRoom(SimulatedNode node)
    {
        node.SetFree(null);
        if (node is { System: not null, IsPaused: false } && _actors.Exists(actor => actor.Node == node && actor.Process is null))
        {
            _ended.Add(node.Crash());
            Start(node);
        }
    }

    private void StartIfDown(SimulatedNode node)
    {
        if (node.System is null)
        {
            Start(node);
        }
    }

    private void Mend()
    {
        _isMended = true;
        _world.Trace.Add(_world.Now, "all faults are mended");
        _network.MendAll();
        foreach (var node in _nodes)
        {
            node.HasSlowDisk = false;
            node.Resume();
            MakeRoom(node);
            StartIfDown(node);
        }
    }
}
