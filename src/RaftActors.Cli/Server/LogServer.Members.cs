using System.Collections.Immutable;

using RaftActors.Cli.Client;

namespace RaftActors.Cli.Server;

/// <content>Log messages about members.</content>
internal sealed partial class LogServer
{
    private bool _hasLoggedRemoval;

    // The group knows an earlier store of this server: this start does not found the group.
    private bool _isRejoining;

    // The server that reported this server's removal.
    private ServerId? _removedBy;

    // The command that adds this server, sent to a server that may be in the group.
    private string AddCommand => ServerId.AddCommand(
        _settings.Id,
        (_removedBy ?? (_announced.Members is [_, ..] members ? members : _settings.Servers).Where(server => server != _settings.Id)
            .Select(server => (ServerId?)server).FirstOrDefault()) is { } other ? other : "HOST:PORT");

    private void LogStart()
    {
        if (_announced.MembersIndex == 0)
        {
            if (_settings.Others.Length > 0)
            {
                _terminal.Log(_settings.IsFounder
                    ? ServerId.Founding(_settings.Others.Select(server => $"{server}"))
                    : $"waits to be added: {AddCommand}");
            }

            return;
        }

        var (members, named) = (_announced.Members, _settings.Servers.Add(_settings.Id).Distinct().Order());
        if (!members.Contains(_settings.Id))
        {
            LogRemoved();
        }
        else if (!members.Order().SequenceEqual(named))
        {
            _terminal.Log($"the members are {string.Join(' ', members)}, as in the group's log; -c is ignored");
        }
    }

    // The removal is known from the log, from the announcement file and from the other servers. It is logged once.
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
        ImmutableArray<ServerId> members = [.. changed.Members.Select(member => ServerId.Of(member.Name)).Order()];

        // Other members at the same index exist only after a recovery.
        if (changed.Index.Value < _announced.MembersIndex
            || (changed.Index.Value == _announced.MembersIndex && members.SequenceEqual(_announced.Members)))
        {
            return;
        }

        _hasLoggedRemoval &= !changed.HasSelf;
        var isFirst = _announced.MembersIndex == 0;
        var before = isFirst ? _settings.Servers : _announced.Members;
        _announced.NoteMembers(changed.Index.Value, members);
        foreach (var added in members.Except(before).Where(server => server != _settings.Id))
        {
            _terminal.Announce($"Added new peer {added}");
        }

        foreach (var removed in before.Except(members).Where(server => server != _settings.Id))
        {
            _terminal.Announce($"Removed peer {removed}");
        }

        if (isFirst && _settings.IsFounder && changed.HasSelf)
        {
            _terminal.Log($"{(_isRejoining ? "rejoined with an empty store: the members are" : "the group is founded:")} "
                + string.Join(' ', members));
        }
        else if (changed.HasSelf && !before.Contains(_settings.Id))
        {
            _terminal.Log($"was added to the group: the members are {string.Join(' ', members)}");
        }
    }
}
