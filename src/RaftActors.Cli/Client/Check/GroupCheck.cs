using System.Collections.Immutable;

namespace RaftActors.Cli.Client.Check;

/// <summary>Judges the group as a whole: whether its members agree, and whether it can commit.</summary>
internal sealed class GroupCheck(Target target, GroupSample first, GroupSample second)
{
    private const string Group = "group";

    public IEnumerable<Finding> Findings() => [Identity(), .. MembersAsKnown(), Quorum(), Leader(), Term(), .. Programs()];

    private Finding Identity()
    {
        var groups = second.Answers.Where(status => status.Identity != Guid.Empty)
            .GroupBy(status => status.Identity).OrderByDescending(each => each.Count()).ToList();
        return groups.Count switch
        {
            0 => Finding.Fail(Group, "it is not founded", "The first start needs all founders, each with the same roster."),
            1 => Finding.Ok(Group, $"all who answer belong to the group {groups[0].Key:N}"),
            _ => Finding.Fail(
                Group,
                $"there are {groups.Count} groups with this name: "
                    + string.Join("; ", groups.Select(each => $"{Names(each.Select(status => status.Name))} in {each.Key:N}")),
                "Decide which group is the right one. Stop each process of the others, move its directory away, and add it to that one."),
        };
    }

    private IEnumerable<Finding> MembersAsKnown()
    {
        if (second.Answers.Where(status => status.Standing() == Standing.Member).MaxBy(status => status.MembersIndex) is not { } latest)
        {
            yield break;
        }

        var others = second.Answers.Where(status => status.Standing() == Standing.Member && status.Identity == latest.Identity).ToList();
        var contrary = others.Where(
            status => status.MembersIndex == latest.MembersIndex && !status.Members.SequenceEqual(latest.Members)).ToList();
        var older = others.Where(status => status.MembersIndex < latest.MembersIndex).ToList();
        if (contrary.Count > 0)
        {
            yield return Finding.Fail(
                Group,
                $"{Names(contrary.Select(status => status.Name))} and {target.Show(latest.Name)} have different members at one index",
                "Save the data directories and report a bug: this must not happen.");
        }
        else if (older.Count > 0)
        {
            yield return Finding.Warn(
                Group,
                $"{Names(older.Select(status => status.Name))} do not know the latest members yet",
                "Wait until they have caught up, and check again.");
        }
        else
        {
            yield return Finding.Ok(
                Group, $"all agree on the {latest.Members.Length} members, {latest.Members.Count(member => member.IsVoter)} of them vote");
        }
    }

    private Finding Quorum()
    {
        var voters = second.Members.Where(member => member.IsVoter).ToImmutableArray();
        var heard = voters.Count(voter => second.StatusOf(voter.Name) is not null);
        return 2 * heard <= voters.Length
            ? Finding.Fail(
                Group,
                $"{heard} of {voters.Length} voters answer, which is no majority, so nothing is committed",
                "Start the others. If a majority is lost for ever with its disks, see 'raft recover --help'.")
            : voters.Length < 3
                ? Finding.Warn(
                    Group, $"{voters.Length} of its members vote, so it survives no loss of a node", "Add members until three vote.")
                : Finding.Ok(Group, $"{heard} of {voters.Length} voters answer");
    }

    private Finding Leader()
    {
        var known = second.Answers.Where(status => status.Leader is not null).ToList();
        var latest = known.MaxBy(status => status.Term);
        var contrary = known.Where(status => status.Term == latest?.Term && status.Leader != latest.Leader).ToList();
        return latest is null
            ? Finding.Fail(Group, "no leader is known", "Run 'raft explain' on several members: it tells why nobody leads.")
            : contrary.Count > 0
                ? Finding.Fail(
                    Group,
                    $"two leaders are known in term {latest.Term}: {Names([latest.Leader!.Value, contrary[0].Leader!.Value])}",
                    "Save the data directories and report a bug: this must not happen.")
                : known.Any(status => status.Leader != latest.Leader)
                    ? Finding.Warn(
                        Group, "some members know an earlier leader", "Wait for the end of the election, and check again.")
                    : Finding.Ok(Group, $"{target.Show(latest.Leader!.Value)} leads"); // Justification: known have a leader.
    }

    private Finding Term() => second.Term > first.Term
        ? Finding.Warn(
            Group,
            $"the term rose from {first.Term} to {second.Term} between two samples, so there are elections",
            "Look for long pauses of the machines, slow disks and lost packets. On slow machines raise raft.election-timeout.")
        : Finding.Ok(Group, $"the term {second.Term} is stable");

    private IEnumerable<Finding> Programs()
    {
        foreach (var version in second.Answers.Where(status => status.IsOpen).GroupBy(status => status.Program.LogicVersion))
        {
            if (Differences(version, status => status.Program.Contracts) is { } contracts)
            {
                yield return Finding.Fail(
                    Group,
                    $"one logic version, {version.Key}, stands for values of different JSON: {contracts}",
                    "Run one program on all nodes, and raise LogicVersion when a type or a property changes.");
            }
            else if (Differences(version, status => status.Program.Build) is { } builds)
            {
                yield return Finding.Ok(
                    Group,
                    $"logic version {version.Key} runs in several builds: {builds}. Raise LogicVersion if HandleAppend has changed between "
                        + "them");
            }
        }
    }

    // Null: all are alike.
    private string? Differences<T>(IEnumerable<RaftStatus> answers, Func<RaftStatus, T> valueOf)
    {
        var values = answers.GroupBy(valueOf).ToList();
        return values.Count > 1 ? string.Join("; ", values.Select(value => Names(value.Select(status => status.Name)))) : null;
    }

    private string Names(IEnumerable<ProcessName> names) => string.Join(", ", names.Select(target.Show));
}
