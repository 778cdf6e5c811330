using System.Collections.Immutable;

namespace RaftActors.Cli.Client;

/// <summary>The states of all members of a group. They come from slightly different moments.</summary>
internal sealed record GroupStatus(ImmutableArray<ServerStatus> Servers)
{
    /// <summary>The leader as known to the server with the highest term; null if no server knows one.</summary>
    public ServerId? Leader => Answers.Where(status => status.Leader is not null).MaxBy(status => status.Term)?.Leader is { } leader
        ? ServerId.TryOf(leader)
        : null;

    /// <summary>Whether a leader is known and a majority of the voters answered.</summary>
    public bool IsHealthy =>
        Leader is not null && 2 * Voters.Count(voter => voter.Status is not null) > Voters.Count();

    /// <summary>Whether every member answered and none is fenced.</summary>
    public bool IsWhole => Servers.All(
        server => server.IsVoter is null || (server.Status is { } status && status.Standing() != Standing.Fenced));

    /// <summary>The highest serial that a server knows to be committed.</summary>
    public long CommittedSerial => Answers.Select(status => status.Committed.Value).DefaultIfEmpty().Max();

    /// <summary>The largest number of servers that vote, as the server with the highest commit serial knows it; null: unknown.</summary>
    public int? MaxQuorum => Answers.MaxBy(status => status.Committed)?.MaxQuorum;

    private IEnumerable<ServerStatus> Voters => Servers.Where(server => server.IsVoter is true);

    private IEnumerable<RaftStatus> Answers => Servers.Select(one => one.Status).OfType<RaftStatus>();

    /// <summary>The members as the answer with the latest configuration has them. A server that waits to be added knows none.</summary>
    public static ImmutableArray<(ServerId Server, bool IsVoter)> MembersOf(RaftActors.GroupStatus answers) =>
        Latest(answers) is not { } latest || latest.Standing() == Standing.Waiting
            ? []
            : [.. latest.Members.Where(member => ServerId.TryOf(member.Name) is not null)
                .Select(member => (ServerId.Of(member.Name), member.IsVoter))];

    /// <summary>The answer with the latest configuration; null: none came.</summary>
    public static RaftStatus? Latest(RaftActors.GroupStatus answers) =>
        answers.Processes.MaxBy(status => (status.MembersIndex, status.Committed));

    /// <param name="whyUnreached">Why a server cannot be reached; null: that is not known.</param>
    public static GroupStatus Of(RaftActors.GroupStatus answers, Func<ServerId, string?> whyUnreached)
    {
        var members = MembersOf(answers);
        var by = answers.Processes.FirstOrDefault(status => status.Standing() == Standing.Member) is { } member
            ? ServerId.TryOf(member.Name)
            : null;
        var others = answers.Processes.Select(status => ServerId.TryOf(status.Name)).OfType<ServerId>()
            .Except(members.Select(one => one.Server)).Select(server => (Server: server, IsVoter: (bool?)null));
        return new([
            .. members.Select(one => (one.Server, IsVoter: (bool?)one.IsVoter)).Concat(others).Select(one =>
            {
                var status = answers.Processes.FirstOrDefault(each => each.Name == one.Server.Process);
                var note = status is not null ? status.Note(by == one.Server ? null : by)
                    : whyUnreached(one.Server) is { } why ? why
                    : answers.Silent.Contains(one.Server.Process) ? "it did not answer in time"
                    : "no server that answered reaches it";
                return new ServerStatus(one.Server, one.IsVoter, status, note);
            }),
        ]);
    }
}
