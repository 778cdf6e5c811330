using RaftActors.Core;

namespace RaftActors.Simulator.Coordination;

/// <summary>Programs and a coordination group under the faults of one seed.</summary>
internal sealed class CoordinationRun
{
    // Longer than a write without an answer, a session and an election together.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly World _world;
    private readonly Setup _setup;
    private readonly CommittedLog _log;
    private readonly SimulatedGroup _group;
    private readonly HolderChecker _holders;
    private readonly ReadChecker _reads;
    private readonly ClientProgram[] _programs;
    private int _names;

    private CoordinationRun(ulong seed, TextWriter? trace)
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

    /// <summary>
    /// Runs a seed on the thread pool, which has one thread in this program. The code under test continues there after a cancellation. So
    /// each event ends with all that it has caused before the next one begins, and the order is the same in each run.
    /// </summary>
    /// <exception cref="InvalidOperationException">The pool may have more threads.</exception>
    public static CoordinationResult Of(ulong seed, TextWriter? trace = null)
    {
        ThreadPool.GetMaxThreads(out var threads, out _);
        if (threads != 1)
        {
            throw new InvalidOperationException(
                $"The thread pool may have {threads} threads, so no seed could be repeated. Run the program RaftActors.Simulator, whose "
                    + "configuration sets one thread.");
        }

        using var ended = new ManualResetEventSlim();
        CoordinationRun? run = null;
        Violation? violation = null;
        ThreadPool.UnsafeQueueUserWorkItem(_ => Continue(), null);
        ended.Wait();
        run!._log.Totals.Seeds = 1; // Justification: Continue has made it.
        return new CoordinationResult(seed, violation, run._log.Totals, run._world.Hash);

        void Continue()
        {
            try
            {
                run ??= new CoordinationRun(seed, trace);
                while (ThreadPool.PendingWorkItemCount == 0)
                {
                    if (run.IsSettled())
                    {
                        ended.Set();
                        return;
                    }

                    run.Step();
                }

                // Behind the work that waits.
                ThreadPool.UnsafeQueueUserWorkItem(_ => Continue(), null);
            }
            catch (Exception e)
            {
                violation = e as Violation ?? new Violation("exception", $"{e}");
                ended.Set();
            }
        }
    }

    /// <summary>Runs the seed twice. Two different runs are a violation, since a seed decides everything.</summary>
    public static CoordinationResult Twice(ulong seed)
    {
        var (one, other) = (Of(seed), Of(seed));
        return one.Hash == other.Hash ? one : one with { Violation = new Violation("determinism", "two runs of the same seed differ") };
    }

    private void Step()
    {
        _world.Step();
        _holders.Check();
        _log.Totals.Events++;
        if (_world.Now > _setup.Faulty + Patience)
        {
            throw new Violation("liveness", string.Join("; ", [
                $"{_log.Model.Locks.Count} locks, {_log.Model.Sessions.Count} sessions",
                .. _log.Model.Locks.Select(each => $"{each.Key}: {string.Join(", ", each.Value.Claims)}"),
                .. _programs.Select(each => $"{each}")]));
        }
    }

    private bool IsSettled() => !_world.HasFaults && _log.Model.Locks.Count == 0 && _group.IsSettled
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

/// <summary>The outcome of one seed. <c>Violation</c> is null if there was none.</summary>
internal sealed record CoordinationResult(ulong Seed, Violation? Violation, CoordinationTotals Totals, ulong Hash);
