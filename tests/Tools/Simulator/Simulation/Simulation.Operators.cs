using System.Collections.Immutable;
using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Simulator;

/// <content>Requests of operators.</content>
internal sealed partial class Simulation
{
    private static readonly Member Operator = new(new ProcessName("operator@x"), SimulatedProcess.IncarnationOf(0, 1));
    private long _changes;

    private void Operate(FaultKind kind, Prng prng)
    {
        if (Choose(prng, prefersLeader: prng.Chance(90)) is { } process)
        {
            Operate(process, kind, prng);
        }
    }

    private void Operate(SimulatedProcess process, FaultKind kind, Prng prng)
    {
        switch (kind)
        {
            case FaultKind.Transfer:
                Step(process, new Input.Transfer(prng.Chance(30) ? null : prng.Any(_processes).Name));
                break;
            case FaultKind.Join when NextToJoin(process, prng) is { } joining:
                joining.IsAway = false;
                if (!joining.IsRunning)
                {
                    StartLater(joining, prng.Between(1, 20_000));
                }

                Change(process, new MemberChange.Join(joining.Name, Votes: !_plan.HasNonVoters || _changes % 2 == 0), prng);
                break;
            case FaultKind.Leave when MayChange(process) && process.Core!.Configuration.Everybody().ToList() is { Count: > 2 } members:
                Change(process, new MemberChange.Leave(prng.Any(members).Name), prng);
                break;
            case FaultKind.Assign when MayChange(process):
                Assign(process, prng);
                break;
            case FaultKind.Resize when MayChange(process) && _plan.HasUpgrades && _programs.Chance(50):
                _configurations.OnRaiseAsked();
                Change(process, new MemberChange.Raise(FormatRange.Own.Highest), prng);
                break;
            case FaultKind.Resize when MayChange(process):
                var max = prng.Any([3, 3, 5, 7, 11]);
                _configurations.OnAsked(max);
                Change(process, new MemberChange.SetMaxQuorum(max), prng);
                break;
        }
    }

    /// <summary>
    /// Whether an operator may change the voters: not while a member has lost its disk. With two voters left, the group needs that
    /// member for a majority. Besides, a leader may choose a learner whose loss it has not noticed yet.
    /// </summary>
    private bool MayChange(SimulatedProcess process) =>
        process.Core!.Configuration.Everybody().All(member => member.Incarnation == Incarnation.None || HasItsDisk(member));

    /// <summary>
    /// Returns a process outside the roster: it has not joined yet, or was removed. Returns null while a process with an empty store
    /// knows only the founding roster. It would refuse a leader that joined later.
    /// </summary>
    private SimulatedProcess? NextToJoin(SimulatedProcess process, Prng prng)
    {
        var isBlank = _processes.Exists(one => !one.IsAway && !one.IsJoining && one.Disk.HardState.Group == GroupUid.None);
        var outside = _processes.FindAll(one => !process.Core!.Configuration.HasName(one.Name) && !one.IsFenced);
        return isBlank || outside.Count == 0 ? null : prng.Any(outside);
    }

    private void Assign(SimulatedProcess process, Prng prng)
    {
        var members = process.Core!.Configuration.Everybody().Where(member => member.Incarnation != Incarnation.None).ToList();
        var (voters, learners) = (new List<Member>(), new List<Member>());
        foreach (var member in members)
        {
            // An earlier incarnation of a process stays in the roster and never votes again. Neither does an old copy of a store.
            (HasItsDisk(member) && prng.Chance(65) ? voters : learners).Add(member);
        }

        if (voters.Count > 0)
        {
            Change(process, new MemberChange.Assign([.. voters.Order()], [.. learners.Order()]), prng);
        }
    }

    private void Change(SimulatedProcess process, MemberChange change, Prng prng)
    {
        var at = prng.Chance(5) ? new LogIndex(prng.Between(0, 50)) : new LogIndex(ConfigurationIndexOf(process));
        Step(process, new Input.ChangeMembers(new RequestId(Operator, ++_changes), at, change));
    }

    private static long ConfigurationIndexOf(SimulatedProcess process)
    {
        for (var index = process.Log.Last; index > process.Log.Base.Index.Value; index--)
        {
            if (process.Log[index].Payload is Payload.Reconfigure)
            {
                return index;
            }
        }

        return process.Disk.Snapshot?.Snapshot.ConfigurationIndex.Value ?? 0;
    }
}
