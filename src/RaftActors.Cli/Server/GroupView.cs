using System.Collections.Immutable;

using RaftActors.Cli.Protocol;
using RaftActors.Core;

namespace RaftActors.Cli.Server;

/// <summary>What a server knows of its group, from what its engine tells.</summary>
internal sealed class GroupView(ServerSettings settings, DateTimeOffset now)
{
    // A newcomer is sent the whole log, which begins with configurations that it is not in yet.
    private bool _wasMember;
    private LogIndex _remembered;

    // Who said that this server was removed, while it was away; until somebody leads it, since the word may be an old one.
    private ServerId? _removedBy;

    public RoleKind Role { get; private set; }

    /// <summary>Since when it has had this role.</summary>
    public DateTimeOffset Since { get; private set; } = now;

    public Term Term { get; private set; }

    /// <summary>Who leads, itself included; null if nobody is known to.</summary>
    public ServerId? Leader { get; private set; }

    /// <summary>Who leads, if it is another one.</summary>
    public ServerId? OtherLeader => Leader is { } leader && leader != settings.Id ? leader : null;

    /// <summary>As committed here; null: nothing is, as far as it knows.</summary>
    public ImmutableArray<MemberLine>? Members { get; private set; }

    /// <summary>Why it takes no part any more; null as long as it does.</summary>
    public string? ShutOut { get; private set; }

    public bool HasMember(ServerId server) => Members is { } members && members.Any(member => member.Server == server);

    public ServerStanding Standing => (ShutOut, Members) switch
    {
        ({ }, _) => ServerStanding.Fenced,
        (_, { }) => HasMember(settings.Id) && _removedBy is null
            ? ServerStanding.Member
            : _wasMember ? ServerStanding.Removed : ServerStanding.Waiting,
        _ => settings.IsFounder ? ServerStanding.Founding : ServerStanding.Waiting,
    };

    /// <summary>What a person should know about it; null: it is as it should be.</summary>
    public string? Note => Standing switch
    {
        ServerStanding.Founding =>
            $"waits for {And(settings.Others)}: the first start of a group needs all that -c names, each with the same -c",
        ServerStanding.Waiting => $"waits to be taken in: {AddCommand}",
        ServerStanding.Removed => $"was removed from the group; to be taken in again: {AddCommand}",
        ServerStanding.Fenced => ShutOut,
        _ => null,
    };

    /// <summary>What takes this server in, asked of one who may be in the group.</summary>
    public string AddCommand => ServerId.AddCommand(settings.Id, SomeOther is { } other ? other : "HOST:PORT");

    private ServerId? SomeOther => _removedBy ?? (Members?.Select(member => member.Server) ?? settings.Servers)
        .Where(server => server != settings.Id)
        .Select(server => (ServerId?)server)
        .FirstOrDefault();

    public static string And(IEnumerable<ServerId> servers) => string.Join(" and ", servers);

    /// <summary>
    /// What was committed before a restart still is, although the log says so only when somebody leads again: that never comes to a server
    /// that was removed.
    /// </summary>
    /// <param name="index">Configurations below it are passed over while they are committed anew.</param>
    public void Remember(LogIndex index, ImmutableArray<MemberLine> members)
    {
        _remembered = index;
        Members = members;
        _wasMember = true;
    }

    /// <summary>That was in another group.</summary>
    public void Forget() => (Members, _wasMember, _remembered, _removedBy) = (null, false, LogIndex.Zero, null);

    public void Take(RaftEvent happened, DateTimeOffset now)
    {
        switch (happened)
        {
            case RaftEvent.RoleChanged changed:
                Since = changed.Role == Role ? Since : now;
                (Role, Term) = (changed.Role, changed.Term);
                break;
            case RaftEvent.LeaderChanged changed:
                Leader = changed.Leader is { } leader ? ServerId.Of(leader) : null;
                _removedBy = Leader is null ? _removedBy : null;
                break;
            case RaftEvent.Refused { Reason: RefusalReason.Removed } refused:
                _removedBy = ServerId.Of(refused.By);
                break;
            case RaftEvent.MembersChanged changed when changed.Index >= _remembered:
                Members = [.. changed.Members.Select(member => new MemberLine(ServerId.Of(member.Name), member.IsVoter))];
                _wasMember |= changed.HasSelf;
                break;
        }
    }

    /// <summary>It takes no part any more.</summary>
    /// <param name="isForGood">A restart does not help: its disk is not to be trusted.</param>
    public void Leave(string detail, bool isForGood)
    {
        ShutOut = $"{ServerId.Show(detail).TrimEnd('.')}.";
        if (isForGood)
        {
            ShutOut += $" Stop this server, move {settings.Data} away, and start it as before. It rejoins by itself while a majority runs "
                + "without it.";
        }
    }
}
