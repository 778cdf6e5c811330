using System.Collections.Immutable;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>A group as its servers described it at one moment, one after the other: not a snapshot, but near enough to one.</summary>
internal sealed record GroupStatus(ImmutableArray<ServerStatus> Servers)
{
    // A server that lives answers at once; the others must not keep the table from being shown.
    private const int PatienceDivisor = 5;

    /// <summary>Whom the server with the highest term takes for the leader.</summary>
    public ServerId? Leader => Answers.Where(status => status.Leader is not null).MaxBy(status => status.Term)?.Leader;

    /// <summary>A leader is known, and a majority of those that vote answered.</summary>
    public bool IsHealthy =>
        Leader is not null && 2 * Voters.Count(voter => voter.Status is not null) > Voters.Count();

    /// <summary>Every member answered, and none is shut out.</summary>
    public bool IsWhole =>
        Servers.All(server => server.IsVoter is null || server.Status is { Standing: not ServerStanding.ShutOut });

    /// <summary>The highest serial that is known to be committed.</summary>
    public long CommittedSerial => Answers.Select(status => status.CommittedSerial).DefaultIfEmpty().Max();

    private IEnumerable<ServerStatus> Voters => Servers.Where(server => server.IsVoter is true);

    private IEnumerable<Reply.StatusIs> Answers => Servers.Select(one => one.Status).OfType<Reply.StatusIs>();

    /// <summary>Asks each member that a server knows, at the same time, and the server itself.</summary>
    public static async Task<GroupStatus> AskAsync(
        Reply.StatusIs first,
        ServerConnection connection,
        TimeSpan timeout,
        CancellationToken cancellation)
    {
        List<(ServerId Server, bool? IsVoter)> servers =
            [.. first.Members.IsDefault ? [] : first.Members.Select(member => (member.Server, (bool?)member.IsVoter))];
        if (!servers.Any(one => one.Server == first.Server))
        {
            servers.Add((first.Server, null));
        }

        var answers = servers.Select(one => AskAsync(one.Server, one.IsVoter, first, connection, timeout, cancellation));
        return new([.. await Task.WhenAll(answers)]);
    }

    private static async Task<ServerStatus> AskAsync(
        ServerId server,
        bool? isVoter,
        Reply.StatusIs first,
        ServerConnection connection,
        TimeSpan timeout,
        CancellationToken cancellation)
    {
        if (server == first.Server)
        {
            return new ServerStatus(server, isVoter, first, null);
        }

        var patience = timeout / PatienceDivisor;
        return await connection.AskAsync(server, (number, _) => new Request.Status(number), patience, _ => { }, cancellation) switch
        {
            Answer.Replied { Reply: Reply.StatusIs status } => new ServerStatus(server, isVoter, status, null),
            Answer.Unsent unsent => new ServerStatus(server, isVoter, null, unsent.Why),
            Answer.Lost lost => new ServerStatus(server, isVoter, null, lost.Why),
            _ => new ServerStatus(server, isVoter, null, "it answered something else"),
        };
    }
}
