using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>Nodes that find or found their cluster by a coordination group, under the faults of one seed.</summary>
internal sealed class StartRun : ISeedRun
{
    private const int SlowStartMaxMs = 5_000;

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(120);

    private readonly World _world;
    private readonly Setup _setup;
    private readonly CommittedLog _log;
    private readonly SimulatedGroup _group;
    private readonly StartingNode?[] _nodes;
    private int _lives;

    public StartRun(ulong seed, TextWriter? trace)
    {
        _world = new World(seed, trace);
        _setup = new Setup(_world.Random);
        _log = new CommittedLog(_world, _setup);
        _group = new SimulatedGroup(_world, _setup, _log);
        _nodes = new StartingNode?[_world.Random.Between(2, 5)];
        for (var place = 0; place < _nodes.Length; place++)
        {
            StartLater(place);
        }

        PlanFault();
        _world.After(_setup.Faulty, () => _world.HasFaults = false);
    }

    public CoordinationTotals Totals => _log.Totals;

    public ulong Hash => _world.Hash;

    public StartingNode? Find(Address address) => Array.Find(_nodes, each => each?.Address.Equals(address) == true);

    public void Step()
    {
        CheckClusters();
        _world.Step();
        Totals.Events++;
        for (var place = 0; place < _nodes.Length; place++)
        {
            if (_nodes[place] is { IsDead: true })
            {
                _nodes[place] = null;
                StartLater(place);
            }
        }

        if (_world.Now > _setup.Faulty + WaitMax)
        {
            throw new Violation("liveness", string.Join("; ", _nodes.Select(each => $"{each}")));
        }
    }

    public bool IsSettled() => !_world.HasFaults && _group.IsSettled && Array.TrueForAll(_nodes, each => each is { IsUp: true });

    private void StartLater(int place) => _world.After(_world.Between(0, SlowStartMaxMs), () =>
        _nodes[place] = new StartingNode($"p{place}", ++_lives, _world, _setup, _group, _log, this));

    private void CheckClusters()
    {
        StartingNode? first = null;
        foreach (var node in _nodes)
        {
            if (node is not { IsUp: true, IsPaused: false })
            {
                continue;
            }

            first ??= node;
            if (node.Cluster != first.Cluster)
            {
                throw new Violation("one cluster", $"{first}; {node}");
            }
        }
    }

    private void PlanFault() => _world.After(_world.Between(1, _setup.FaultEvery), () =>
    {
        if (_world.HasFaults)
        {
            Fault();
            PlanFault();
        }
    });

    private void Fault()
    {
        var node = _world.Random.Any(_nodes);
        var time = _world.Between(10, _world.Random.Any([500, 2 * (int)_setup.SessionTimeout.TotalMilliseconds]));
        switch (_world.Random.Between(0, 12))
        {
            case 0 or 1:
                Totals.LeaderChanges++;
                _group.ChangeLeader();
                break;
            case 2:
                _group.StopOne();
                break;
            case 3 or 4 or 5:
                Totals.Pauses++;
                node?.Pause(time);
                break;
            case 6 or 7:
                node?.CutOff(time);
                break;
            case 8 or 9:
                Totals.Crashes++;
                node?.Crash();
                break;
            case 10 or 11:
                node?.Close();
                break;
            default:
                foreach (var each in _nodes)
                {
                    each?.Crash();
                }

                break;
        }
    }
}
