using System.Collections.Immutable;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>The replies of all members of a group. They come from slightly different moments.</summary>
internal sealed record GroupStatus(ImmutableArray<ServerStatus> Servers)
{
    // A running server answers at once. A server that is down must delay the table only by this part of the timeout.
    private const int PatienceDivisor = 5;

    /// <summary>The leader as known to the server with the highest term; null if no server knows one.</summary>
    public ServerId? Leader => Answers.Where(status => status.Leader is not null).MaxBy(status => status.Term)?.Leader;

    /// <summary>Whether a leader is known and a majority of the voters answered.</summary>
    public bool IsHealthy =>
        Leader is not null && 2 * Voters.Count(voter => voter.Status is not null) > Voters.Count();

    /// <summary>Whether every member answered and none is fenced.</summary>
    public bool IsWhole =>
        Servers.All(server => server.IsVoter is null || server.Status is { Standing: not ServerStanding.Fenced });

    /// <summary>The highest serial that a server knows to be committed.</summary>
    public long CommittedSerial => Answers.Select(status => status.CommittedSerial).DefaultIfEmpty().Max();

    /// <summary>The largest number of servers that vote, as the server with the highest commit serial knows it; null: unknown.</summary>
    public int? MaxQuorum => Answers.MaxBy(status => status.CommittedSerial)?.MaxQuorum;

    private IEnumerable<ServerStatus> Voters => Servers.Where(server => server.IsVoter is true);

    private IEnumerable<Reply.StatusIs> Answers => Servers.Select(one => one.Status).OfType<Reply.StatusIs>();

    /// <summary>Asks all members in parallel.</summary>
    /// <param name="first">The reply of the server that named the members. It is not asked again.</param>
    public static GroupStatus Ask(
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
        return new([.. Task.WhenAll(answers).GetAwaiter().GetResult()]);
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
            _ => new ServerStatus(server, isVoter, null, "it sent a reply of another kind"),
        };
    }
}
