using System.Collections.Immutable;

namespace RaftActors.Cli.Client;

/// <summary>The states of all members of a group. They come from slightly different moments.</summary>
internal sealed record GroupReport(ImmutableArray<MemberStatus> Members)
{
    /// <summary>The leader as known to the process with the highest term; null if none knows one.</summary>
    public ProcessName? Leader => Answers.Where(status => status.Leader is not null).MaxBy(status => status.Term)?.Leader;

    /// <summary>Whether a leader is known and a majority of the voters answered.</summary>
    public bool IsHealthy =>
        Leader is not null && 2 * Voters.Count(voter => voter.Status is not null) > Voters.Count();

    /// <summary>Whether every member answered and none is fenced.</summary>
    public bool IsWhole => Members.All(
        member => member.IsVoter is null || (member.Status is { } status && status.Standing() != Standing.Fenced));

    /// <summary>The highest serial that a process knows to be committed.</summary>
    public long CommittedSerial => Answers.Select(status => status.Committed.Value).DefaultIfEmpty().Max();

    /// <summary>The largest number of members that vote, as the process with the highest commit serial knows it; null: unknown.</summary>
    public int? MaxQuorum => Answers.MaxBy(status => status.Committed)?.MaxQuorum;

    private IEnumerable<MemberStatus> Voters => Members.Where(member => member.IsVoter is true);

    private IEnumerable<RaftStatus> Answers => Members.Select(one => one.Status).OfType<RaftStatus>();

    /// <summary>The members as the answer with the latest configuration has them. A process that waits to be added knows none.</summary>
    public static ImmutableArray<GroupMember> MembersOf(GroupStatus answers) =>
        Latest(answers) is not { } latest || latest.Standing() == Standing.Waiting
            ? []
            : latest.Members;

    /// <summary>The answer with the latest configuration; null: none came.</summary>
    public static RaftStatus? Latest(GroupStatus answers) =>
        answers.Processes.MaxBy(status => (status.MembersIndex, status.Committed));

    /// <param name="whyUnreached">Why the address of a process cannot be reached; null: that is not known.</param>
    public static GroupReport Of(GroupStatus answers, Target target, Func<string?, string?> whyUnreached)
    {
        var members = MembersOf(answers);
        ImmutableArray<ProcessName> names = [.. members.Select(member => member.Name)];
        var by = answers.Processes.FirstOrDefault(status => status.Standing() == Standing.Member)?.Name;
        var others = answers.Processes.Select(status => status.Name).Except(names)
            .Select(name => (Name: name, IsVoter: (bool?)null));
        return new([
            .. members.Select(member => (member.Name, IsVoter: (bool?)member.IsVoter)).Concat(others).Select(one =>
            {
                var status = answers.Processes.FirstOrDefault(each => each.Name == one.Name);
                var note = status is not null ? status.Note(target, by == one.Name ? null : by, names)
                    : whyUnreached(target.AddressOf(one.Name, null)) is { } why ? why
                    : answers.Silent.Contains(one.Name) ? "it did not answer in time"
                    : $"no {target.Noun} that answered reaches it";
                return new MemberStatus(one.Name, one.IsVoter, status, note);
            }),
        ]);
    }
}
