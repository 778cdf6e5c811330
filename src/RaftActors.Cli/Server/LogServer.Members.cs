namespace RaftActors.Cli.Server;

/// <content>Log messages about members.</content>
internal sealed partial class LogServer
{
    // The members of the latest configuration, or null before any is known.
    private ImmutableArray<ServerId>? _members;
    private long _membersIndex;

    private bool _hasLoggedRemoval;

    // True if the group knows an earlier store of this server, so this start does not found the group.
    private bool _isRejoining;

    // The server that reported this server's removal.
    private ServerId? _removedBy;

    // The command that adds this server, for a server that may be a member.
    private string AddCommand => ServerId.AddCommand(
        _settings.Id,
        _removedBy ?? (object?)(_members ?? _settings.Servers).FirstOrDefault(server => server != _settings.Id) ?? "HOST:PORT");

    private static ImmutableArray<ServerId> Ids(ImmutableArray<GroupMember> members) =>
        [.. members.Select(member => ServerId.Of(member.Name)).Order()];

    private void LogStart()
    {
        if (Group.Status.Identity == Guid.Empty)
        {
            if (_settings.Others.Length > 0)
            {
                _terminal.Log(_settings.IsFounder
                    ? ServerId.Founding(_settings.Others.Select(server => $"{server}"))
                    : $"waits to be added: {AddCommand}");
            }

            return;
        }

        var members = Ids(Group.Status.Members);
        _members = members;
        if (!members.Contains(_settings.Id))
        {
            LogRemoved();
        }
        else if (!members.SequenceEqual(_settings.Servers.Add(_settings.Id).Distinct().Order()))
        {
            _terminal.Log($"the members are {string.Join(' ', members)}, as in the group's log; -c is ignored");
        }
    }

    // The log and each other server tell of the removal, which is logged once.
    private void LogRemoved()
    {
        if (!_hasLoggedRemoval)
        {
            _hasLoggedRemoval = true;
            _terminal.Log("was removed from the group: it does not campaign and receives no messages. To add it again: "
                + AddCommand);
        }
    }

    private void OnMembers(RaftEvent.MembersChanged changed)
    {
        if (changed.Index <= _membersIndex)
        {
            return;
        }

        var (isFirst, before, members) = (_members is null, _members ?? _settings.Servers, Ids(changed.Members));
        (_members, _membersIndex) = (members, changed.Index);
        if (changed.IsRecovered)
        {
            return; // An earlier process of this server has announced it.
        }

        _hasLoggedRemoval &= !EventMessages.HasSelf(changed);
        foreach (var added in members.Except(before).Where(server => server != _settings.Id))
        {
            _terminal.Announce($"Added new peer {added}");
        }

        foreach (var removed in before.Except(members).Where(server => server != _settings.Id))
        {
            _terminal.Announce($"Removed peer {removed}");
        }

        if (isFirst && _settings.IsFounder && EventMessages.HasSelf(changed))
        {
            _terminal.Log($"{(_isRejoining ? "rejoined with an empty store: the members are" : "the group is founded:")} "
                + string.Join(' ', members));
        }
        else if (EventMessages.HasSelf(changed) && !before.Contains(_settings.Id))
        {
            _terminal.Log($"was added to the group: the members are {string.Join(' ', members)}");
        }
    }
}
