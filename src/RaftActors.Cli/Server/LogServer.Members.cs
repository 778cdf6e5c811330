using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Cli.Protocol;
using RaftActors.Core;

namespace RaftActors.Cli.Server;

/// <content>Changes of members and leader for clients, and log messages about members.</content>
internal sealed partial class LogServer
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, Probe> _probes = [];
    private long _lastProbe;
    private bool _hasLoggedRemoval;

    // The group knows an earlier store of this server: this start does not found the group.
    private bool _isRejoining;

    private void OnAddMember(Request.AddMember add)
    {
        var server = add.Server;
        var obstacle = NameProblem(server) ?? ChangeProblem();
        if (obstacle is null && _view.HasMember(server))
        {
            obstacle = $"{server} is a member of the group already.";
        }

        if (obstacle is not null)
        {
            Sender.Tell(new Reply.Refused(add.Number, obstacle), Self);
            return;
        }

        _probes.Add(++_lastProbe, new Probe(Sender, add.Number, server, Now + ServerTimeout(add.Timeout)));
        AskProbed(_lastProbe);
    }

    // Sent repeatedly until the client's time is up: a message to a server that was unreachable a moment ago is dropped, and a busy server
    // answers late.
    private void AskProbed(long number)
    {
        var (server, left) = (_probes[number].Server, _probes[number].Deadline - Now);
        Timers.StartSingleTimer(number, new ProbeOver(number), left < ProbeInterval ? left : ProbeInterval);
        ServerAt(server).Tell(new Request.Status(number), Self);
    }

    private void OnProbeOver(ProbeOver over)
    {
        if (_probes.TryGetValue(over.Number, out var probe) && probe.Deadline > Now)
        {
            AskProbed(over.Number);
        }
        else
        {
            OnUnreachable(over.Number, "it does not answer");
        }
    }

    private void OnProbed(Reply.StatusIs status)
    {
        if (!TryEnd(status.Number, out var probe))
        {
            OnMembershipReply(status);
            return;
        }

        if (AddProblem(probe.Server, status) is { } obstacle)
        {
            probe.Client.Tell(new Reply.Refused(probe.Number, obstacle), Self);
            return;
        }

        Change(
            probe.Client,
            probe.Number,
            Raft.Join(probe.Server.Process, ServerTimeout(probe.Deadline - Now), Self),
            done: () => AwaitMembership(probe));
    }

    private void OnUnreachable(long number, string why)
    {
        if (TryEnd(number, out var probe))
        {
            var server = probe.Server;
            probe.Client.Tell(
                new Reply.Refused(
                    probe.Number,
                    $"{server} cannot be reached from {_settings.Id}: {why}. First {StartIt(server)}, then add it again."),
                Self);
        }
    }

    private void OnUnreachable(Address address, string why)
    {
        foreach (var (number, _) in _probes.Where(each => AddressOf(each.Value.Server) == address.ToString()).ToArray())
        {
            OnUnreachable(number, why);
        }
    }

    private void OnRemoveMember(Request.RemoveMember remove)
    {
        var obstacle = NameProblem(remove.Server) ?? ChangeProblem();
        if (obstacle is null && _view.Members is { } members && !_view.HasMember(remove.Server))
        {
            var names = string.Join(' ', members.Select(one => one.Server));
            obstacle = $"{remove.Server} is not a member of the group; its members are {names}.";
        }

        if (obstacle is not null)
        {
            Sender.Tell(new Reply.Refused(remove.Number, obstacle), Self);
            return;
        }

        Change(Sender, remove.Number, Raft.Leave(remove.Server.Process, ServerTimeout(remove.Timeout), Self));
    }

    // A number in the JSON may be anything.
    private void OnSetMaxQuorum(Request.SetMaxQuorum set)
    {
        var obstacle = QuorumSize.IsMaximum(set.Max) ? ChangeProblem() : $"At most {set.Max} cannot vote: give 3, 5, 7, 9 or 11.";
        if (obstacle is not null)
        {
            Sender.Tell(new Reply.Refused(set.Number, obstacle), Self);
            return;
        }

        Change(Sender, set.Number, Raft.SetMaxQuorum(set.Max, ServerTimeout(set.Timeout), Self));
    }

    private void OnTransfer(Request.Transfer transfer)
    {
        if (((transfer.To is { } to ? NameProblem(to) : null) ?? ChangeProblem()) is { } obstacle)
        {
            Sender.Tell(new Reply.Refused(transfer.Number, obstacle), Self);
            return;
        }

        Change(Sender, transfer.Number, Raft.TransferLeadership(transfer.To?.Process, ServerTimeout(transfer.Timeout), Self));
    }

    // The client gets the redirect before the outcome.
    private void Change(IActorRef client, long number, RequestRef request, Action? done = null)
    {
        if (_view.OtherLeader is { } leader)
        {
            client.Tell(new Reply.Redirected(number, leader), Self);
        }

        _requests[request] = answer =>
        {
            if (answer is Outcome<Membership>.Done && done is not null)
            {
                done();
                return;
            }

            client.Tell(
                answer switch
                {
                    Outcome<Membership>.Done => new Reply.Done(number),
                    Outcome<Membership>.NotCommitted refused => new Reply.Refused(number, ServerId.Show(refused.Detail)),
                    _ => new Reply.Unknown(number, "The time is up, and the request may have reached a leader."),
                },
                Self);
        };
    }

    // A name in the JSON may be anything, and it becomes an address.
    private static string? NameProblem(ServerId server) =>
        ServerId.TryParse($"{server}", out var same) && same == server ? null : "The request names no server.";

    private string? ChangeProblem() => _view.Standing switch
    {
        ServerStanding.Waiting or ServerStanding.Removed => $"{_settings.Id} is in no group: it {_view.Note}. Ask a member of the group.",
        ServerStanding.Fenced => $"{_settings.Id} is fenced, and its log has the reason. Ask another server.",
        _ => null,
    };

    // A server with the log of another group cannot join. The group's identity decides: member names may all have changed meanwhile.
    private string? AddProblem(ServerId server, Reply.StatusIs status)
    {
        var theirs = status.Members.IsDefault ? [] : status.Members;
        return status switch
        {
            _ when status.Server != server =>
                $"The server at {server} has the name {status.Server}. Add it by that name, or start it with the name {server}.",
            { Standing: ServerStanding.Founding } =>
                $"{server} was started as a founder of another group, because its -c names it. Stop it, move its data directory away, "
                + $"{StartIt(server)}, and add it again.",
            { Standing: ServerStanding.Fenced } => $"{server} is fenced: {status.Note}",
            { Standing: ServerStanding.Member or ServerStanding.Removed } when status.Group != Raft.Status.Identity =>
                $"{server} belongs to another group ({string.Join(' ', theirs.Select(one => one.Server))}). Stop it, move its data "
                + $"directory away, {StartIt(server)}, and add it again.",
            _ => null,
        };
    }

    private string StartIt(ServerId server) =>
        $"start it ('raft server -c {string.Join(',', MemberIds())} -p {server.Port}"
        + $"{(server.Host.Length > 0 ? $" --host {server.Host}" : "")}')";

    private bool TryEnd(long number, out Probe probe)
    {
        if (!_probes.Remove(number, out probe))
        {
            return false;
        }

        Timers.Cancel(number);
        return true;
    }

    private IEnumerable<ServerId> MemberIds() => _view.Members is { } members ? members.Select(member => member.Server) : _settings.Servers;

    private string AddressOf(ServerId server) =>
        new Address("akka.tcp", Context.System.Name, server.Hostname, server.Port).ToString();

    private IActorRef ServerAt(ServerId server) => RaftActors.Raft.Get(Context.System).Network.ActorAt($"{AddressOf(server)}{RequestDoor.Path}");

    private void LogStart()
    {
        if (_announced.MembersIndex == 0)
        {
            if (_view.Note is { } note && _settings.Others.Length > 0)
            {
                _terminal.Log(note);
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
                + _view.AddCommand);
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

    /// <summary>The status request to a server that is to be added.</summary>
    private readonly record struct Probe(IActorRef Client, long Number, ServerId Server, TimeSpan Deadline);

    private sealed record ProbeOver(long Number);
}
