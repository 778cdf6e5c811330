namespace RaftActors.Core.Tests.Scenarios;

/// <summary>Runs the directives of a scenario file.</summary>
/// <param name="skipsTicks">Each process skips the ticks that come before the due one.</param>
internal sealed partial class ScenarioRunner(bool skipsTicks)
{
    private readonly ScenarioGroup _group = new();
    private long _requests;

    public string Run(Directive directive)
    {
        Act(directive);
        return _group.TakeOutput();
    }

    private void Act(Directive directive)
    {
        switch (directive.Word)
        {
            // Processes and output.
            case "add-processes": AddProcesses(directive); break;
            case "start": ForEach(directive, process => StartWith(process, directive)); break;
            case "crash": ForEach(directive, process => process.Crash()); break;
            case "show": _group.Show = Enum.Parse<ScenarioGroup.Detail>(directive.Arguments[0], ignoreCase: true); break;
            case "decisions": _group.ShowsDecisions = true; break;
            // Time and network.
            case "tick": Tick(directive); break;
            case "pause": Pause(directive); break;
            case "time": Wait(directive); break;
            case "stabilize": _group.Stabilize(() => IsReached(directive.Setting("until"), [.. _group.Running])); break;
            case "connect": Connect(directive); break;
            case "unreachable": Hint(directive, _ => true); break;
            case "silent": Hint(directive, process => process.Core!.IsWatched); break;
            case "wake": ForEach(directive, process => process.Step(Input.Wake.Instance)); break;
            case "partition": _group.Parts.AddRange(directive.Arguments.Select(part => part.Split(' ').ToHashSet())); break;
            case "deafen": _group.Deaf.UnionWith(directive.Arguments); break;
            case "cut": _group.Cut.Add((directive.Arguments[0], directive.Arguments[1])); break;
            case "heal": _group.Heal(); break;
            // Messages under way.
            case "deliver": Matching(directive).ForEach(_group.Deliver); break;
            case "drop": Matching(directive).ForEach(envelope => _group.Network.Remove(envelope)); break;
            case "duplicate": _group.Network.AddRange(Matching(directive)); break;
            case "hold": _group.Held.UnionWith(directive.Arguments); break;
            case "release": _group.Held.ExceptWith(directive.Arguments); break;
            // Disks.
            case "persist": ForEach(directive, process => FinishWrites(process, directive.Number("count", int.MaxValue))); break;
            case "slow-disk": _group.SlowDisks.UnionWith(directive.Arguments); break;
            case "fast-disk": _group.SlowDisks.ExceptWith(directive.Arguments); break;
            case "full-disk": ForEach(directive, process => process.Step(new Input.DiskSpace(IsShort: true))); break;
            case "free-disk": ForEach(directive, process => process.Step(new Input.DiskSpace(IsShort: false))); break;
            case "hang-reads": ForEach(directive, process => process.Step(new Input.StoreReads(IsReading: true))); break;
            case "end-reads": ForEach(directive, process => process.Step(new Input.StoreReads(IsReading: false))); break;
            case "hold-application": ForEach(directive, process => process.IsHeld = true); break;
            case "free-application": ForEach(directive, process => process.IsHeld = false); break;
            case "wipe": ForEach(directive, process => process.Wipe()); LoseConnections(directive); break;
            case "copy-disk": ForEach(directive, process => process.CopyDisk()); break;
            case "restore": ForEach(directive, process => process.RestoreDisk()); break;
            case "forget": LoseLast(directive); break;
            case "corrupt": Corrupt(directive); break;
            case "snapshot": TakeSnapshot(directive); break;
            // Requests.
            case "propose": Propose(directive); break;
            case "request": Request(directive, isRetry: false); break;
            case "retry": Request(directive, isRetry: true); break;
            case "close": Close(directive); break;
            case "extend": ForEach(directive, process => process.Step(Input.Extend.Instance)); break;
            case "read": Read(directive); break;
            case "transfer": Transfer(directive); break;
            case "join": Join(directive); break;
            case "leave": Leave(directive); break;
            case "assign": Assign(directive); break;
            case "max-quorum": SetMaxQuorum(directive); break;
            case "format-level": RaiseFormatLevel(directive); break;
            case "logic-version": RaiseLogicVersion(directive); break;
            // Questions.
            case "explain": Explain(directive); break;
            case "network": _group.Network.ForEach(envelope => _group.Say($"{envelope.From} -> {Describe.Of(envelope)}")); break;
            case "log": ForEach(directive, _group.SayLog); break;
            case "status": _group.SayStatus(); break;
            default: throw new FormatException($"There is no directive '{directive.Word}'.");
        }
    }

    private void ForEach(Directive directive, Action<SimulatedProcess> act)
    {
        foreach (var name in directive.Arguments)
        {
            act(_group[name]);
        }
    }

    /// <summary>
    /// <c>wipe raft2</c>: raft2 stops and loses its disk, and the others see their connections to it close. <c>hint=no</c>: they do not.
    /// </summary>
    private void LoseConnections(Directive directive)
    {
        foreach (var process in directive.Setting("hint") == "no" ? [] : _group.Running.ToArray())
        {
            directive.Arguments.ToList().ForEach(name => process.Step(new Input.PeerUnreachable(ScenarioGroup.Named(name))));
        }
    }

    private void AddProcesses(Directive directive)
    {
        foreach (var (process, isStopped) in ScenarioProcesses.Of(directive))
        {
            process.SkipsTicks = skipsTicks;
            _group.Add(process);
            if (!isStopped)
            {
                Start(process, directive);
            }
        }
    }

    /// <summary><c>connect</c>: all running processes see each other as reachable. <c>connect raft4</c>: raft4 and the others.</summary>
    private void Connect(Directive directive)
    {
        bool IsMeant(SimulatedProcess process) => directive.Arguments.Count == 0 || directive.Arguments.Contains(process.Name.Process);
        foreach (var one in _group.Running.ToList())
        {
            foreach (var other in _group.Running.Where(other => other != one && (IsMeant(one) || IsMeant(other))).ToList())
            {
                one.Step(new Input.PeerReachable(other.Name));
            }
        }
    }

    /// <summary>
    /// <c>tick 20</c>: twenty ticks on each running process; after each tick the group stabilizes, except with <c>rest=no</c>.
    /// <c>tick raft1 20</c>: ticks on raft1 only. <c>until=leader</c>: stops when one of them leads.
    /// </summary>
    private void Tick(Directive directive)
    {
        var names = directive.Arguments.SkipLast(1).ToHashSet();
        for (var i = int.Parse(directive.Arguments[^1]); i > 0; i--)
        {
            List<SimulatedProcess> meant = [.. _group.Running.Where(process => names.Count == 0 || names.Contains(process.Name.Process))];
            if (IsReached(directive.Setting("until"), meant))
            {
                return;
            }

            foreach (var process in meant)
            {
                process.Step(Input.Tick.Instance);
            }

            if (directive.Setting("rest") != "no")
            {
                _group.Stabilize(() => false);
            }
        }
    }

    /// <summary><c>pause raft1 60</c>: raft1 stands still for 60 ticks, which count as one.</summary>
    private void Pause(Directive directive)
    {
        var process = _group[directive.Arguments[0]];
        process.Step(new Input.Paused(long.Parse(directive.Arguments[1]), Counted: 1));
        process.Step(Input.Tick.Instance);
        _group.Stabilize(() => false);
    }

    /// <summary><c>time 5000</c>: advances all clocks by 5000 microseconds, without a tick. <c>time raft1 5000</c>: only raft1's.</summary>
    private void Wait(Directive directive)
    {
        var names = directive.Arguments.SkipLast(1).ToHashSet();
        foreach (var process in _group.Running.Where(process => names.Count == 0 || names.Contains(process.Name.Process)))
        {
            process.Wait(long.Parse(directive.Arguments[^1]));
        }
    }

    private static bool IsReached(string? until, List<SimulatedProcess> meant) => until switch
    {
        null => false,
        "leader" => meant.Exists(process => process.Core!.Role == RaftRole.Leader),
        "candidate" => meant.Exists(process => process.Core!.Role is RaftRole.PreCandidate or RaftRole.Candidate),
        _ => throw new FormatException($"There is no 'until={until}'."),
    };

    /// <summary>
    /// Returns the messages under way that match <c>from= to= type=</c>: all, the first <c>count=</c>, or the last <c>last=</c>.
    /// </summary>
    private List<Envelope> Matching(Directive directive)
    {
        bool Fits(string key, string value) => directive.Setting(key) is not { } wanted || wanted.Split(' ').Contains(value);
        return
        [
            .. _group.Network
                .Where(envelope => Fits("from", envelope.From.Name.Process)
                    && Fits("to", envelope.To.Name.Process)
                    && Fits("type", envelope.Body.GetType().Name))
                .Take(directive.Number("count", int.MaxValue))
                .TakeLast(directive.Number("last", int.MaxValue)),
        ];
    }

    /// <summary>
    /// <c>unreachable raft2 by=(raft1 raft3)</c>: raft1 and raft3 see their connection to raft2 close. <c>silent raft2 by=(raft1
    /// raft3)</c>: their nodes hear nothing from that of raft2, and say so to those for which they watch.
    /// </summary>
    private void Hint(Directive directive, Func<SimulatedProcess, bool> hears)
    {
        foreach (var process in directive.Setting("by")!.Split(' ').Select(name => _group[name]).Where(hears))
        {
            process.Step(new Input.PeerUnreachable(ScenarioGroup.Named(directive.Arguments[0])));
        }
    }
}
