using System.Collections.Immutable;

using Akka.Actor;
using Akka.Remote;

using RaftActors.Cli.Protocol;
using RaftActors.Core;

namespace RaftActors.Cli.Server;

/// <content>Who is in the group: what clients want of it, and what operators are told.</content>
internal sealed partial class LogServer
{
    private const int ProbesMax = 3;
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, Probe> _probes = [];
    private long _lastProbe;
    private bool _hasSaidRemoved;

    // The group knows this server with an earlier store, so this start does not found it.
    private bool _isRejoining;

    private void OnAddMember(Request.AddMember add)
    {
        var server = add.Server;
        var obstacle = WhyNoServer(server) ?? WhyNotChange();
        if (obstacle is null && _view.HasMember(server))
        {
            obstacle = $"{server} is a member of the group already.";
        }

        if (obstacle is not null)
        {
            Sender.Tell(new Reply.Refused(add.Number, obstacle), Self);
            return;
        }

        _probes.Add(++_lastProbe, new Probe(Sender, add.Number, server, Now + Sane(add.Timeout)));
        AskProbed(_lastProbe, timesLeft: ProbesMax);
    }

    // More than once, since a message to a server that was not there a moment ago is dropped.
    private void AskProbed(long number, int timesLeft)
    {
        var (server, left) = (_probes[number].Server, _probes[number].Deadline - Now);
        Timers.StartSingleTimer(number, new ProbeOver(number, timesLeft - 1), left < ProbeTimeout ? Sane(left) : ProbeTimeout);
        ServerAt(server).Tell(new Request.Status(number), Self);
    }

    private void OnProbeOver(ProbeOver over)
    {
        if (over.TimesLeft > 0 && _probes.TryGetValue(over.Number, out var probe) && probe.Deadline > Now + ProbeTimeout)
        {
            AskProbed(over.Number, over.TimesLeft);
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
            OnWelcomed(status);
            return;
        }

        if (WhyNot(probe.Server, status) is { } obstacle)
        {
            probe.Client.Tell(new Reply.Refused(probe.Number, obstacle), Self);
            return;
        }

        Change(
            probe.Client,
            probe.Number,
            Raft.Join(probe.Server.Process, Sane(probe.Deadline - Now), Self),
            done: () => AwaitWelcome(probe));
    }

    private void OnUnreachable(long number, string why)
    {
        if (TryEnd(number, out var probe))
        {
            var server = probe.Server;
            probe.Client.Tell(
                new Reply.Refused(
                    probe.Number,
                    $"{server} cannot be reached from {_settings.Id}: {why}. First {StartIt(server)}, and then ask again."),
                Self);
        }
    }

    private void OnNoAssociation(AssociationErrorEvent failed)
    {
        if (failed.IsInbound)
        {
            return;
        }

        var why = ConnectionFailure.Of(failed.Cause);
        foreach (var (number, _) in _probes.Where(each => AddressOf(each.Value.Server) == failed.RemoteAddress.ToString()).ToArray())
        {
            OnUnreachable(number, why);
        }
    }

    private void OnRemoveMember(Request.RemoveMember remove)
    {
        var obstacle = WhyNoServer(remove.Server) ?? WhyNotChange();
        if (obstacle is null && _view.Members is { } members && !_view.HasMember(remove.Server))
        {
            obstacle = $"{remove.Server} is no member of the group; its members are {string.Join(' ', members.Select(one => one.Server))}.";
        }

        if (obstacle is not null)
        {
            Sender.Tell(new Reply.Refused(remove.Number, obstacle), Self);
            return;
        }

        Change(Sender, remove.Number, Raft.Leave(remove.Server.Process, Sane(remove.Timeout), Self));
    }

    private void OnTransfer(Request.Transfer transfer)
    {
        if (((transfer.To is { } to ? WhyNoServer(to) : null) ?? WhyNotChange()) is { } obstacle)
        {
            Sender.Tell(new Reply.Refused(transfer.Number, obstacle), Self);
            return;
        }

        Change(Sender, transfer.Number, Raft.TransferLeadership(transfer.To?.Process, Sane(transfer.Timeout), Self));
    }

    // The client hears of another leader before it hears of the outcome.
    private void Change(IActorRef client, long number, RequestRef request, Action? done = null)
    {
        if (_view.OtherLeader is { } leader)
        {
            client.Tell(new Reply.Redirected(number, leader), Self);
        }

        _asked[request] = answer =>
        {
            if (answer is ChangeOutcome.Done && done is not null)
            {
                done();
                return;
            }

            client.Tell(
                answer switch
                {
                    ChangeOutcome.Done => new Reply.Done(number),
                    ChangeOutcome.Refused refused => new Reply.Refused(number, ServerId.Show(refused.Detail)),
                    _ => new Reply.Unknown(number, "The time is up, and the request may have reached a leader."),
                },
                Self);
        };
    }

    // Who wrote the JSON may have written anything, and names become addresses.
    private static string? WhyNoServer(ServerId server) =>
        ServerId.TryParse($"{server}", out var same) && same == server ? null : "The request names no server.";

    private string? WhyNotChange() => _view.Standing switch
    {
        ServerStanding.Waiting or ServerStanding.Removed => $"{_settings.Id} is in no group, and {_view.Note}. Ask a server of the group.",
        ServerStanding.Fenced => $"{_settings.Id} takes no part any more, its log says why. Ask another server.",
        _ => null,
    };

    // Whoever has a history of its own cannot take over another one. Names say nothing of that: all members may have changed meanwhile.
    private string? WhyNot(ServerId server, Reply.StatusIs status)
    {
        var theirs = status.Members.IsDefault ? [] : status.Members;
        return status switch
        {
            _ when status.Server != server =>
                $"The server at {server} calls itself {status.Server}. Add it by that name, or start it under the other one.",
            { Standing: ServerStanding.Founding } =>
                $"{server} was started as a founder of another group: its -c names itself. Stop it, move its data directory away, "
                + $"{StartIt(server)}, and ask again.",
            { Standing: ServerStanding.Fenced } => $"{server} takes no part in any group: {status.Note}",
            { Standing: ServerStanding.Member or ServerStanding.Removed } when status.Group != Raft.Status.Identity.Value =>
                $"{server} belongs to another group ({string.Join(' ', theirs.Select(one => one.Server))}). Stop it, move its data "
                + $"directory away, {StartIt(server)}, and ask again.",
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

    private ActorSelection ServerAt(ServerId server) =>
        Context.ActorSelection($"{AddressOf(server)}{Self.Path.ToStringWithoutAddress()}");

    private void SayHowItStarts()
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
            SayRemoved();
        }
        else if (!members.Order().SequenceEqual(named))
        {
            _terminal.Log($"the members are {string.Join(' ', members)}, as the group's log says; what -c says is not looked at any more");
        }
    }

    // By its own log, by what it knew before a restart, and by each of the others it may hear the same.
    private void SayRemoved()
    {
        if (!_hasSaidRemoved)
        {
            _hasSaidRemoved = true;
            _terminal.Log("was removed from the group: it asks for no votes and is sent nothing any more. To be taken in again: "
                + _view.AddCommand);
        }
    }

    private void OnMembers(RaftEvent.MembersChanged changed)
    {
        ImmutableArray<ServerId> members = [.. changed.Members.Select(member => ServerId.Of(member.Name)).Order()];

        // At the same place there are other ones only after a recovery.
        if (changed.Index.Value < _announced.MembersIndex
            || (changed.Index.Value == _announced.MembersIndex && members.SequenceEqual(_announced.Members)))
        {
            return;
        }

        _hasSaidRemoved &= !changed.HasSelf;
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
            _terminal.Log($"{(_isRejoining ? "is back with an empty store: the members are" : "the group is founded:")} "
                + string.Join(' ', members));
        }
        else if (changed.HasSelf && !before.Contains(_settings.Id))
        {
            _terminal.Log($"was taken in: the members are {string.Join(' ', members)}");
        }
    }

    /// <summary>A server that is to be taken in is asked how it is.</summary>
    private readonly record struct Probe(IActorRef Client, long Number, ServerId Server, TimeSpan Deadline);

    private sealed record ProbeOver(long Number, int TimesLeft);
}
