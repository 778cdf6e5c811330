using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>Faults of machines and networks.</content>
internal sealed partial class Simulation
{
    private readonly List<SimulatedProcess> _slow = [];
    private readonly List<SimulatedProcess> _full = [];
    private readonly HashSet<int> _restored = [];
    private readonly HashSet<int> _lostDisks = [];
    private bool _isCrashAfterVoteDue;
    private SimulatedProcess? _usurped;
    private long _burstUntil;
    private long _quietUntil;

    private void Begin(FaultEvent fault)
    {
        var prng = new Prng(fault.Seed);
        _trace?.WriteLine($"{_now / 1000.0,9:F3} {fault}");
        switch (fault.Kind)
        {
            case FaultKind.Crash when Victim(prng) is { } victim:
                Crash(victim);
                StartLater(victim, fault.Lasts);
                break;
            case FaultKind.CrashAll:
                CrashAll(prng, fault.Lasts);
                break;
            case FaultKind.CrashAfterVote:
                _isCrashAfterVoteDue = true;
                break;
            case FaultKind.Usurp when TheLeader() is { } leader:
                Usurp(leader, prng, fault.Lasts);
                break;
            case FaultKind.Strand when TheLeader() is { } leader:
                Strand(leader, prng, fault.Lasts);
                break;
            case FaultKind.Partition:
                Partition(prng, fault.Lasts);
                break;
            case FaultKind.Loss:
                _network.Loss = prng.Between(2, 40);
                After(fault.Lasts, () => _network.Loss = 0);
                break;
            case FaultKind.Delay:
                (_network.Delays, _network.DelayMax) = (prng.Between(5, 60), prng.Any([5000, 20_000, 80_000, 300_000]));
                After(fault.Lasts, () => _network.Delays = 0);
                break;
            case FaultKind.Duplicate:
                _network.Duplicates = prng.Between(5, 60);
                After(fault.Lasts, () => _network.Duplicates = 0);
                break;
            case FaultKind.SlowDisk or FaultKind.StuckDisk or FaultKind.FullDisk when Victim(prng) is { } victim:
                HinderDisk(victim, fault);
                break;
            case FaultKind.Pause when Victim(prng) is { } victim:
                Pause(victim, fault.Lasts);
                break;
            case FaultKind.Hint when AnyRunning(prng) is { } process && Victim(prng) is { } victim && process != victim:
                Step(process, new Input.PeerUnreachable(victim.Name));
                break;
            case FaultKind.Wipe when Victim(prng) is { } victim && MayLoseDisk(victim):
                Crash(victim);
                Replace(victim, fault.Lasts);
                break;
            case FaultKind.Damage when Victim(prng) is { } victim:
                Damage(victim, prng, fault.Lasts);
                break;
            case FaultKind.Restore when Victim(prng) is { } victim:
                Restore(victim, fault.Lasts);
                break;
            case FaultKind.Pairs:
                Arm(prng, fault.Lasts);
                break;
            case FaultKind.Snapshot when AnyRunning(prng) is { } process:
                TakeSnapshot(process, prng);
                break;
            default:
                Operate(fault.Kind, prng);
                break;
        }
    }

    private void CrashAll(Prng prng, long startWithin)
    {
        foreach (var process in _processes)
        {
            if (process.IsRunning)
            {
                Crash(process);
                StartLater(process, prng.Between(1, (int)startWithin));
            }
        }
    }

    private void After(long microseconds, Action action) => _queue.Add(_now + microseconds, EventKind.FaultEnd, 0, 0, action);

    private SimulatedProcess? AnyRunning(Prng prng)
    {
        _candidates.Clear();
        foreach (var process in _processes)
        {
            if (process.IsRunning && !process.IsPaused)
            {
                _candidates.Add(process);
            }
        }

        return _candidates.Count > 0 ? prng.Any(_candidates) : null;
    }

    /// <summary>Returns a random running process, the leader with a higher probability.</summary>
    private SimulatedProcess? Victim(Prng prng) => prng.Chance(40) && TheLeader() is { } leader ? leader : AnyRunning(prng);

    private void CrashBriefly(SimulatedProcess process)
    {
        if (process.IsRunning)
        {
            Crash(process);
            StartLater(process, _prng.Between(1, 2000));
        }
    }

    private void Partition(Prng prng, long lasts)
    {
        var count = _processes.Count;
        var links = new bool[count * count];
        var shape = prng.Between(1, 6);
        var side = new int[count];
        for (var process = 0; process < count; process++)
        {
            side[process] = prng.Between(0, 1);
        }

        var odd = (TheLeader() is { } leader && prng.Chance(70) ? leader : _processes[prng.Between(0, _plan.Size - 1)]).Number;
        for (var from = 0; from < count; from++)
        {
            for (var to = 0; to < count; to++)
            {
                links[(from * count) + to] = shape switch
                {
                    1 => side[from] != side[to], // two halves
                    2 => (from == odd) != (to == odd), // one alone
                    3 => from == odd, // one cannot send
                    4 => to == odd, // one cannot receive
                    5 => side[from] != side[to] && from != odd && to != odd, // a bridge
                    _ => prng.Chance(40),
                };
            }
        }

        CutFor(links, lasts);
    }

    private void HinderDisk(SimulatedProcess process, FaultEvent fault)
    {
        if (fault.Kind == FaultKind.SlowDisk)
        {
            _slow.Add(process);
            After(fault.Lasts, () => _slow.Remove(process));
            return;
        }

        if (fault.Kind == FaultKind.FullDisk)
        {
            FillDisk(process, fault.Lasts);
            return;
        }

        StickDisk(process, fault.Lasts);
    }

    private void StickDisk(SimulatedProcess process, long lasts)
    {
        process.Disk.IsStuck = true;
        After(lasts, () =>
        {
            process.Disk.IsStuck = false;
            WriteIfBusy(process);
        });
    }

    /// <summary>Fills the disk. A process that restarts meanwhile is told again, as by a store.</summary>
    private void FillDisk(SimulatedProcess process, long lasts)
    {
        _full.Add(process);
        Step(process, new Input.DiskSpace(IsShort: true));
        After(lasts, () => FreeDisk(process));
    }

    private void FreeDisk(SimulatedProcess process)
    {
        if (_full.Remove(process) && process.IsRunning)
        {
            Step(process, new Input.DiskSpace(IsShort: false));
        }
    }

    /// <summary>
    /// Whether the disk may be lost. The founding must be over, and <see cref="Survives"/> must hold for all configurations that may be
    /// in force. Otherwise the group may rightly wait for ever. Less than half of the founding roster loses disks in one run, each
    /// process any number of times.
    /// </summary>
    private bool MayLoseDisk(SimulatedProcess victim)
    {
        var isFounded = _processes.TrueForAll(process => process.Number >= _plan.Size || process.Disk.HardState.Group != GroupUid.None);
        var mayLose = _lostDisks.Contains(victim.Number) || _lostDisks.Count < (_plan.Size - 1) / 2;
        if (!mayLose || victim.Number >= _plan.Size || (!isFounded && !_plan.WipesEarly))
        {
            return false;
        }

        if (!isFounded)
        {
            _mayStayApart = true;
            _lostDisks.Add(victim.Number);
            return true;
        }

        var isSafe = _ledger.Configuration is not null
            && Configurations().All(one => Survives(one, member => member != victim.Member && HasItsDisk(member)));
        if (isSafe)
        {
            _lostDisks.Add(victim.Number);
        }

        return isSafe;
    }

    /// <summary>Whether the member still has its store, which is no old copy, not damaged and not fenced.</summary>
    private bool HasItsDisk(Member member) => _processes[_numbers[member.Name]] is var process
        && process.Member == member
        && !process.IsFenced
        && !_restored.Contains(process.Number)
        && !_damage.Has(process);

    /// <summary>
    /// Whether a majority of each set of voters keeps its disks, and of any voters that the leader may choose next. The leader chooses
    /// members that it heard recently. It does not know yet which of them have just lost their disks.
    /// </summary>
    private static bool Survives(Configuration configuration, Func<Member, bool> keeps)
    {
        var absent = configuration.Voters.Count(member => member.Incarnation == Incarnation.None);
        var lost = configuration.Everybody().Count(member => member.Incarnation != Incarnation.None && !keeps(member));
        int[] sizes = [configuration.Voters.Length, configuration.Size];
        return Sets.EachHasMajority(configuration, keeps) && sizes.All(size => size == 1 || absent + lost <= (size - 1) / 2);
    }

    /// <summary>Returns the last committed configuration and all later ones in a log or a message: each may come into force.</summary>
    private IEnumerable<Configuration> Configurations()
    {
        var entries = _processes.SelectMany(process => process.Disk.Log.All().Concat(process.Log.All()));
        foreach (var envelope in _queue.Bodies().Concat(_processes.SelectMany(process => process.Inbox)).OfType<Envelope>())
        {
            entries = envelope.Body is Message.AppendEntries request ? entries.Concat(request.Entries) : entries;
        }

        var later = entries.Where(entry => entry.Index.Value > _ledger.ConfiguredAt && entry.Payload is Payload.Reconfigure);
        var configurations = later.Select(entry => ((Payload.Reconfigure)entry.Payload).Configuration);
        return _ledger.Configuration is { } committed ? configurations.Append(committed) : configurations;
    }

    private void Replace(SimulatedProcess process, long after)
    {
        Crash(process);
        Empty(process);
        StartLater(process, after);
    }

    private void Empty(SimulatedProcess process)
    {
        Note(process, "gets an empty store");
        _entitlement.Forget(process.Number);

        // After a change of the roster, a process with an empty store knows no member, so it starts as joining.
        var isChanged = Configurations().Any(one => one.Everybody().Any(member => _numbers[member.Name] >= _plan.Size));
        process.Wipe(isPreloaded: _prng.Chance(50), isJoining: isChanged || _prng.Chance(30));
        _restored.Remove(process.Number);
        _damage.Mend(process);
    }

    /// <summary>
    /// Copies the store, restarts the process, and later restores the copy. Only processes that recorded the later boot detect it. So
    /// the copy is restored only when all others have recorded it. The store may be one that replaced another.
    /// </summary>
    private void Restore(SimulatedProcess victim, long after)
    {
        var (copy, life) = (victim.Disk.Copy(), victim.Member);
        Crash(victim);
        StartLater(victim, 1000);
        After(20_000 + after, () =>
        {
            var isSame = victim.Member == life && victim.IsRunning && !_restored.Contains(victim.Number);
            if (_isHealed || !isSame || !HaveRecordedLater(victim, copy) || !MayLoseDisk(victim))
            {
                return;
            }

            Crash(victim);
            Note(victim, "gets an old copy of its store");
            _restored.Add(victim.Number);
            _entitlement.Forget(victim.Number);
            _delivery.Forgive(victim.Member);
            _exchanges.Forgive(victim.Member);
            victim.Restore(copy);
            StartLater(victim, 1000);
        });
    }

    private bool HaveRecordedLater(SimulatedProcess victim, SimulatedDisk copy)
    {
        foreach (var process in _processes)
        {
            if (process != victim && !process.IsAway)
            {
                var isKnown = false;
                foreach (var record in process.Disk.HardState.Recorded)
                {
                    isKnown |= record.Member == victim.Member && record.Boot.Number > copy.HardState.Boot.Number;
                }

                if (!isKnown)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void OnFenced(SimulatedProcess process, Fence fence)
    {
        process.IsFenced = true;
        var isRight = fence.Reason == RefusalReason.Diverged ? _damage.Has(process) : _restored.Contains(process.Number);
        Violation.Unless(isRight, "fence", $"{process.Member} is fenced ({fence.Reason}) without an old copy or a damaged log");
        var (life, after) = (process.Member, _isHealed ? 5000 : _prng.Between(5000, 100_000));
        After(after, () =>
        {
            if (process.Member == life)
            {
                Replace(process, 0);
            }
        });
    }
}
