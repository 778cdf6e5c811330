using System.Collections.Immutable;

using RaftActors.Cli.Protocol;
using RaftActors.Core;

namespace RaftActors.Cli.Server;

/// <summary>The group as one server knows it, from the events of its engine.</summary>
internal sealed class GroupView(ServerSettings settings, DateTimeOffset now)
{
    // A new member receives the whole log, whose first configurations do not contain it. So absence means removal only afterwards.
    private bool _wasMember;
    private LogIndex _recorded;

    // The server that reported this server's removal. Cleared when a leader contacts this server: the report was outdated then.
    private ServerId? _removedBy;

    public RaftRole Role { get; private set; }

    /// <summary>When the role began.</summary>
    public DateTimeOffset Since { get; private set; } = now;

    public long Term { get; private set; }

    /// <summary>The leader, possibly this server; null: not known.</summary>
    public ServerId? Leader { get; private set; }

    /// <summary>The leader, if it is another server; otherwise null.</summary>
    public ServerId? OtherLeader => Leader is { } leader && leader != settings.Id ? leader : null;

    /// <summary>The members of the latest committed configuration; null: none is known.</summary>
    public ImmutableArray<MemberLine>? Members { get; private set; }

    /// <summary>Why this server is fenced, or its engine has stopped; null: neither.</summary>
    public string? Exclusion { get; private set; }

    public bool HasMember(ServerId server) => Members is { } members && members.Any(member => member.Server == server);

    public ServerStanding Standing => (Exclusion, Members) switch
    {
        ({ }, _) => ServerStanding.Fenced,
        (_, { }) => HasMember(settings.Id) && _removedBy is null
            ? ServerStanding.Member
            : _wasMember ? ServerStanding.Removed : ServerStanding.Waiting,
        _ => settings.IsFounder ? ServerStanding.Founding : ServerStanding.Waiting,
    };

    /// <summary>A problem for the operator, as a predicate ("waits for :9991"); null: there is none.</summary>
    public string? Note => Standing switch
    {
        ServerStanding.Founding =>
            $"waits for {And(settings.Others)}: the first start of a group needs all servers of -c, each with the same -c",
        ServerStanding.Waiting => $"waits to be added: {AddCommand}",
        ServerStanding.Removed => $"was removed from the group; to add it again: {AddCommand}",
        ServerStanding.Fenced => Exclusion,
        _ => null,
    };

    /// <summary>The command that adds this server, sent to a server that may be in the group.</summary>
    public string AddCommand => ServerId.AddCommand(settings.Id, SomeOther is { } other ? other : "HOST:PORT");

    private ServerId? SomeOther => _removedBy ?? (Members?.Select(member => member.Server) ?? settings.Servers)
        .Where(server => server != settings.Id)
        .Select(server => (ServerId?)server)
        .FirstOrDefault();

    public static string And(IEnumerable<ServerId> servers) => string.Join(" and ", servers);

    /// <summary>
    /// Sets the members that were committed before a restart. Without this a removed server would never know of its removal: no leader
    /// tells it which entries are committed.
    /// </summary>
    /// <param name="index">Index of their configuration. Older configurations are ignored while the log is applied again.</param>
    public void Restore(LogIndex index, ImmutableArray<MemberLine> members)
    {
        _recorded = index;
        Members = members;
        _wasMember = true;
    }

    /// <summary>Discards the restored members: they belong to another group.</summary>
    public void Reset() => (Members, _wasMember, _recorded, _removedBy) = (null, false, LogIndex.Zero, null);

    public void Apply(RaftEvent happened, DateTimeOffset now)
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
            case RaftEvent.MembersChanged changed when changed.Index >= _recorded:
                Members = [.. changed.Members.Select(member => new MemberLine(ServerId.Of(member.Name), member.IsVoter))];
                _wasMember |= changed.HasSelf;
                break;
        }
    }

    /// <summary>Marks this server as fenced, or its engine as stopped.</summary>
    /// <param name="detail">The reason, in the engine's words.</param>
    /// <param name="isFenced">A restart with the same directory does not help.</param>
    public void Exclude(string detail, bool isFenced)
    {
        Exclusion = $"{ServerId.Show(detail).TrimEnd('.')}.";
        if (isFenced)
        {
            Exclusion += $" Stop this server, move {settings.Data} away, and start it as before. It rejoins by itself while a "
                + "majority runs without it.";
        }
    }
}
