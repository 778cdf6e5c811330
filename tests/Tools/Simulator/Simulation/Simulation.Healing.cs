using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Simulator;

/// <content>The end of all faults, after which the group must converge.</content>
internal sealed partial class Simulation
{
    private readonly Ledger _ledger = new();
    private readonly LogMatchingChecker _matching;
    private readonly ConfigurationChecker _configurations = new();
    private readonly Entitlement _entitlement;
    private readonly VoteChecker _votes;
    private readonly LeaderChecker _leaders;
    private readonly DeliveryChecker _delivery;
    private readonly SessionChecker _sessions;
    private readonly KeyChecker _keys;
    private readonly ExchangeChecker _exchanges;

    private void Heal()
    {
        _isHealed = true;
        Tla?.End();
        _isCrashAfterVoteDue = false;
        _armed.Clear();
        _burstUntil = _quietUntil = 0;
        _network.Heal(HealedMax);
        _slow.Clear();
        _trace?.WriteLine($"{_now / 1000.0,9:F3} everything heals");
        foreach (var process in _processes)
        {
            process.Disk.IsStuck = false;
            FreeDisk(process);
            WriteIfBusy(process);
            Resume(process, process.Starts);
            var isOther = process.FormatLevel < FormatRange.Own.Highest || process.Settings != process.Options;
            if (!process.IsFenced && !process.IsAway && isOther)
            {
                Crash(process);
            }

            if (process.IsFenced)
            {
                Replace(process, 0);
            }
            else if (!process.IsAway)
            {
                StartProcess(process, process.Starts);
            }
        }

        _clients.ForEach(client => client.IsStubborn = true);
    }

    /// <summary>Whether all members follow one leader and have applied its whole log.</summary>
    private bool IsTogether()
    {
        if (_ledger.Configuration is not { IsJoint: false } configuration || TheLeader() is not { } leader)
        {
            return false;
        }

        var members = configuration.Everybody().ToList();
        foreach (var process in _processes)
        {
            var isNamed = members.Exists(member => member.Name == process.Name);
            if (isNamed && !(members.Contains(process.Member) && Follows(process, leader)))
            {
                return false;
            }
        }

        return true;
    }

    private SimulatedProcess? TheLeader()
    {
        SimulatedProcess? leader = null;
        foreach (var process in _processes)
        {
            if (process.Core is { Role: RaftRole.Leader } && !(leader?.Core!.Term > process.Core.Term))
            {
                leader = process;
            }
        }

        return leader;
    }

    private bool Follows(SimulatedProcess process, SimulatedProcess leader)
    {
        if (process.Core is not { } core || core.Leader != leader.Member || process.Given != leader.Log.Last)
        {
            return false;
        }

        var isSameLog = process.Given == _ledger.Count && process.Log.Last == leader.Log.Last;
        Violation.Unless(isSameLog, "convergence", $"the logs of {process.Member} and {leader.Member} differ in length");
        var isSameState = process.State.Hash == leader.State.Hash;
        Violation.Unless(isSameState, "convergence", $"the states of {process.Member} and {leader.Member} differ");
        for (var index = process.Log.Base.Index.Value + 1; index <= process.Log.Last; index++)
        {
            if (!Same.Entry(process.Log[index], _ledger[index]))
            {
                throw new Violation("convergence", $"{process.Member} has {process.Log[index]} where {_ledger[index]} was committed");
            }
        }

        return true;
    }

    private string Stuck()
    {
        var clients = _clients.Where(client => !client.IsIdle).Select(client => $"{client}");
        return string.Join("\n  ", clients.Concat(_processes.Where(process => process.IsRunning || !process.IsAway).Select(Status)));
    }

    private string Status(SimulatedProcess process) => process.Core is not { } core
        ? $"{process.Member} stopped"
        : $"{process.Member} {core.Role} of term {core.Term} under {core.Leader}, {core.LastPosition}, commit {core.CommitIndex}, "
            + $"given {process.Given}, admitted {core.IsAdmitted}, {core.Configuration}"
            + $"{(core.IsQuiescent ? ", quiescent" : core.WhyAwake is { } why ? $", awake since {why}" : "")}"
            + $"{(process.IsFenced ? ", fenced" : "")}";
}
