using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>Programs and a coordination group under the faults of one seed.</summary>
internal sealed class CoordinationRun : ISeedRun
{
    // Longer than a write without an answer, a session and an election together.
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(90);

    private readonly World _world;
    private readonly Setup _setup;
    private readonly CommittedLog _log;
    private readonly SimulatedGroup _group;
    private readonly HolderChecker _holders;
    private readonly ReadChecker _reads;
    private readonly ClientProgram[] _programs;
    private int _names;

    public CoordinationRun(ulong seed, TextWriter? trace)
    {
        _world = new World(seed, trace);
        _setup = new Setup(_world.Random);
        _log = new CommittedLog(_world, _setup);
        (_holders, _reads) = (new HolderChecker(_world, _log), new ReadChecker(_world, _log));
        _group = new SimulatedGroup(_world, _setup, _log);
        _programs = [.. Enumerable.Range(0, _setup.Programs).Select(_ => NewProgram())];
        PlanFault();
        _world.After(_setup.Faulty, () => _world.HasFaults = false);
    }

    public CoordinationTotals Totals => _log.Totals;

    public ulong Hash => _world.Hash;

    public void Step()
    {
        _world.Step();
        _holders.Check();
        _log.Totals.Events++;
        if (_world.Now > _setup.Faulty + WaitMax)
        {
            throw new Violation("liveness", string.Join("; ", [
                $"{_log.Model.Locks.Count} locks, {_log.Model.Sessions.Count} sessions",
                .. _log.Model.Locks.Select(each => $"{each.Key}: {string.Join(", ", each.Value.Claims)}"),
                .. _programs.Select(each => $"{each}")]));
        }
    }

    public bool IsSettled() => !_world.HasFaults && _log.Model.Locks.Count == 0 && _group.IsSettled
        && Array.TrueForAll(_programs, each => each.IsSettled)
        && _log.Model.Sessions.TrueForAll(each => Array.Exists(_programs, program => program.Name == each.Name))
        && _log.Model.Items.Values.All(item => item.Lifetime is null);

    private ClientProgram NewProgram() => new($"p{++_names}", _world, _setup, _group, _log, _holders, _reads);

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
        var place = _world.Random.Between(0, _programs.Length - 1);
        var time = _world.Between(10, _world.Random.Any([500, 2 * (int)_setup.SessionTimeout.TotalMilliseconds]));
        switch (_world.Random.Between(0, 14))
        {
            case 0 or 1 or 2:
                _log.Totals.LeaderChanges++;
                _group.ChangeLeader();
                break;
            case 3 or 4:
                _group.StopOne();
                break;
            case 5 or 6 or 7:
                _log.Totals.Pauses++;
                _programs[place].Pause(time);
                break;
            case 8:
                _programs[place].CutOff(time);
                break;
            case 9:
                _log.Totals.Crashes++;
                _programs[place].Crash();
                _programs[place] = NewProgram();
                break;
            case 10:
                _log.Totals.Intrusions++;
                _group.Intrude(_world.NewClient());
                break;
            case 11 or 12:
                _log.Totals.Orders++;
                _group.Operate(_world.NewClient());
                break;
            case 13:
                _programs[place].Close();
                _programs[place] = NewProgram();
                break;
            default:
                if (_setup.HasBursts)
                {
                    _group.Burst();
                }

                break;
        }
    }
}
