using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Testing.Simulation;

/// <summary>One run of a simulation, from the start of the nodes to the last condition.</summary>
internal sealed class SimulationRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Of the machine. An actor that never stops, as it may if its thread is the simulation's, keeps its memory.
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(2);

    private readonly World _world;
    private readonly SimulatedNetwork _network;
    private readonly List<HostedActor> _actors = [];
    private readonly List<SimulatedNode> _clients = [];

    // The ends of the actor systems of crashed nodes.
    private readonly List<Task> _ended = [];
    private readonly Func<ActorBase> _create;
    private readonly string _name;
    private readonly Config _config;
    private readonly SimulatedThread _thread;

    public SimulationRun(World world, int nodes, Func<ActorBase> create, string name, Config config)
    {
        (_world, _create, _name) = (world, create, name);
        _network = new SimulatedNetwork(world);
        var names = Enumerable.Range(1, nodes).Select(number => $"n{number}").ToList();
        _config = config
            .WithFallback(ConfigurationFactory.ParseString(
                $$"""
                raft {
                  group = simulated
                  roster = [{{string.Join(", ", names.Select(node => $"\"{name}@{node}\""))}}]
                  quorum.allow-fewer-than-three = on
                  client.contacts = [{{string.Join(", ", names)}}]
                }
                """))
            .WithFallback(Raft.DefaultConfig());
        for (var number = 0; number < nodes; number++)
        {
            _actors.Add(new HostedActor(new SimulatedNode(world, number, names[number])
            {
                Rate = 1 + (world.Prng.Between(-10, 10) / 1000.0),
            }));
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
        SimulationView view = new(_actors);
        GroupChecker checker = new(_actors);
        List<Task> programs = [];
        _world.OnQuiet = () =>
        {
            checker.Check();
            if (programs.Find(each => each.IsFaulted) is { Exception.InnerException: { } failure })
            {
                throw new SimulationException(failure.GetType().Name, $"a program failed: {failure.Message}", failure);
            }

            foreach (var (what, holds) in always)
            {
                Demand(Ask(what, holds, view), what, $"'{what}' does not hold");
            }
        };
        _actors.ForEach(Start);
        programs.AddRange(Enumerable.Range(0, clients).Select(number => StartClient(number, program)));
        foreach (var fault in plan)
        {
            _world.After(fault.At, null, () => Begin(fault));
        }

        _world.RunUntil(duration);
        Mend();
        var haveEnded = _world.RunUntil(_world.Now + Patience, () => programs.TrueForAll(each => each.IsCompleted));
        Demand(haveEnded, "programs", $"a program has not ended {Patience} after the last fault");
        foreach (var (what, holds) in eventually)
        {
            var hasHeld = _world.RunUntil(_world.Now + Patience, () => Ask(what, holds, view));
            Demand(hasHeld, what, $"'{what}' does not hold {Patience} after the last fault");
        }

        return new SimulationResult(
            _world.Trace.Hash, _world.Now, _world.Turns, _network.Delivered, checker.Pairs, plan.Count);
    }

    public void Dispose()
    {
        _ended.AddRange(_actors.Select(each => each.Node).Concat(_clients).Select(node => node.Life?.End() ?? Task.CompletedTask));
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

    private void Demand(bool holds, string kind, string otherwise)
    {
        if (!holds)
        {
            throw new SimulationException(kind, FormattableString.Invariant($"at {_world.Now.TotalSeconds:0.0000} s {otherwise}"));
        }
    }

    private void Start(HostedActor hosted)
    {
        var node = hosted.Node;
        hosted.Latest = null;
        _world.Trace.Add(_world.Now, $"{node.Name} starts");
        node.Start(_config, life =>
        {
            Raft.Get(life.System).UseTransport(_network.Connect(life));
            life.System.ActorOf(Props.CreateBy(new ActorProducer(hosted, _create)), _name);
        });
    }

    private Task StartClient(int number, Func<SimulatedClient, Task> program)
    {
        SimulatedNode node = new(_world, _actors.Count + number, $"c{number + 1}");
        TaskCompletionSource end = new();
        node.Start(_config, life =>
        {
            _clients.Add(node);
            Raft.Get(life.System).UseTransport(_network.Connect(life));
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
        var leader = plan.IsOfLeader ? _actors.FindIndex(hosted => hosted.Status() is { Role: RaftRole.Leader }) : -1;
        var fault = leader < 0 ? plan : plan with { Nodes = [leader] };
        _world.Trace.Add(_world.Now, $"fault: {fault.Kind} of {string.Join(", ", fault.Nodes.Select(each => _actors[each].Node.Name))}");
        foreach (var hosted in fault.Nodes.Select(each => _actors[each]))
        {
            Begin(fault, hosted);
        }

        switch (fault.Kind)
        {
            case SimulationFaults.BadNetwork:
                _network.IsBad = true;
                _world.After(fault.Lasts, null, () => _network.IsBad = false);
                break;
            case SimulationFaults.Partitions:
                var directions = DirectionsOf(fault).ToList();
                _world.After(fault.Lasts, null, () => directions.ForEach(each => _network.Mend(each.From, each.To)));
                directions.ForEach(each => _network.Cut(each.From, each.To));
                break;
        }
    }

    private void Begin(PlannedFault fault, HostedActor hosted)
    {
        var node = hosted.Node;
        switch (fault.Kind)
        {
            case SimulationFaults.Crashes when node.System is not null:
                _ended.Add(node.Crash());
                _world.After(fault.Lasts, null, () => StartIfDown(hosted));
                break;
            case SimulationFaults.Pauses when node.System is not null:
                node.Pause();
                _world.After(fault.Lasts, null, node.Resume);
                break;
            case SimulationFaults.SlowDisks:
                node.HasSlowDisk = true;
                _world.After(fault.Lasts, null, () => node.HasSlowDisk = false);
                break;
        }
    }

    // Between the nodes that it hits and all others: in both directions, or in one.
    private IEnumerable<(string From, string To)> DirectionsOf(PlannedFault fault)
    {
        foreach (var hit in fault.Nodes.Select(each => _actors[each].Node.Name))
        {
            foreach (var other in Enumerable.Range(0, _actors.Count).Except(fault.Nodes).Select(each => _actors[each].Node.Name))
            {
                if (fault.Choice != 1)
                {
                    yield return (hit, other);
                }

                if (fault.Choice != 2)
                {
                    yield return (other, hit);
                }
            }
        }
    }

    private void StartIfDown(HostedActor hosted)
    {
        if (hosted.Node.System is null)
        {
            Start(hosted);
        }
    }

    private void Mend()
    {
        _world.Trace.Add(_world.Now, "all faults are mended");
        _network.MendAll();
        foreach (var hosted in _actors)
        {
            hosted.Node.HasSlowDisk = false;
            hosted.Node.Resume();
            StartIfDown(hosted);
        }
    }
}
