using System.Collections.Immutable;
using RaftActors.Core;

namespace RaftActors.Simulator;

/// <content>What operators do.</content>
internal sealed partial class Simulation
{
    private static readonly Member Operator = new(new ProcessName("operator@x"), SimulatedProcess.IncarnationOf(0, 1));
    private long _changes;

    private void Operate(FaultKind kind, Prng prng)
    {
        if (Choose(prng, prefersLeader: prng.Chance(90)) is not { } process)
        {
            return;
        }

        switch (kind)
        {
            case FaultKind.Transfer:
                Step(process, new Input.Transfer(prng.Chance(30) ? null : prng.Any(_processes).Name));
                break;
            case FaultKind.Join when NextToJoin() is { } joining:
                if (!joining.IsRunning)
                {
                    StartLater(joining, prng.Between(1, 20_000));
                }

                Change(process, new MemberChange.Join(joining.Name), prng);
                break;
            case FaultKind.Leave when MayChange(process) && process.Core!.Configuration.Everybody().ToList() is { Count: > 2 } members:
                Change(process, new MemberChange.Leave(prng.Any(members).Name), prng);
                break;
            case FaultKind.Assign when MayChange(process):
                Assign(process, prng);
                break;
        }
    }

    /// <summary>No operator makes a quorum smaller while a disk of it is lost: with two voters left, that one is a majority.</summary>
    private bool MayChange(SimulatedProcess process) => process.Core!.Configuration.Electorate().All(voter =>
        voter.Incarnation == Incarnation.None
        || (_processes[_numbers[voter.Name]].Member == voter && !_restored.Contains(_numbers[voter.Name])));

    private SimulatedProcess? NextToJoin() =>
        _processes.Find(process => process.Number >= _plan.Size && process.IsAway && !process.IsFenced);

    private void Assign(SimulatedProcess process, Prng prng)
    {
        var members = process.Core!.Configuration.Everybody().Where(member => member.Incarnation != Incarnation.None).ToList();
        var (voters, followers) = (new List<Member>(), new List<Member>());
        foreach (var member in members)
        {
            // An earlier life of a process stays in the roster, and will never vote again; nor will one whose store is an old copy.
            var number = _numbers[member.Name];
            var isFit = _processes[number].Member == member && !_restored.Contains(number);
            (isFit && prng.Chance(65) ? voters : followers).Add(member);
        }

        if (voters.Count > 0)
        {
            Change(process, new MemberChange.Assign([.. voters.Order()], [.. followers.Order()]), prng);
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
