using Akka.Actor;

using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// The route of one client to its group. <see cref="GroupFinder"/> decides about it. This class asks the processes for the leader, asks the
/// process on the route whether it still leads, and gives the route up if that process is silent. Replies take the lock of
/// <see cref="GroupCalls"/>, which also guards all calls.
/// </summary>
/// <param name="calls">The lock.</param>
/// <param name="onRoute">Called after each change of the route, with the time.</param>
/// <param name="onLocated">Called after a process told where the group is, with the time.</param>
internal sealed class GroupRoute(
    Lock calls,
    ClientSettings settings,
    RaftHost host,
    ICallNetwork network,
    Action<TimeSpan> onRoute,
    Action<TimeSpan> onLocated)
{
    // All that a client remembers, as processes and as nodes.
    private const int LocationsMax = 2 * GroupFinder.ProcessesMax;

    // In this many attempt timeouts the leader tells the processes once, since they may be replaced while it leads.
    private const int LocateEvery = 10;

    private readonly TimeSpan _attemptTimeout = settings.AttemptTimeout;
    private readonly Dictionary<Receiver, Location> _locations = [];
    private GroupFinder? _made;

    // Since then the process on the route was asked, and has not answered. Null: it has answered, or was not asked.
    private TimeSpan? _silentSince;
    private TimeSpan _pingedAt;

    // The process on the route has told the processes at this time. Null: not yet.
    private TimeSpan? _locatedAt;

    // The highest serial that a process of the group has told, or 0. A restored group has another identity, and may have lower ones.
    private (GroupUid Group, Serial Serial)? _seen;
    private bool _hasAsked;

    /// <summary>The process to send calls to. Null if none is known now, because one that knows no leader could not do more.</summary>
    public ProcessAddress? Target => Finder.Route;

    /// <summary>The highest serial that a process of the group has told, or 0.</summary>
    public Serial Seen => _seen?.Serial ?? Serial.Zero;

    public GroupFinder Finder => _made ??= new GroupFinder(
        settings.Group,
        process => Ask(new CallTarget(settings.Group, process.Name), process.Node, process, new ClientCall.Locate(settings.Group)),
        node => Ask(CallTarget.Registry, node, asked: null, new ClientCall.Locate(settings.Group)),
        network.CallAddress is { } own ? [own, .. settings.Contacts] : settings.Contacts,
        () => network.Problems,
        _attemptTimeout,
        OnRoute);

    /// <summary>A time has passed.</summary>
    public void OnTick(TimeSpan now)
    {
        _hasAsked = false;
        if (now - _silentSince >= _attemptTimeout)
        {
            Finder.OnSilent(now);
        }
    }

    /// <summary>Calls are open, so the process on the route must be there, and lead.</summary>
    public void Watch(TimeSpan now)
    {
        // A leader that was deposed says so. Its silence counts on when the calls end, because their own timeouts may be shorter.
        if (now - _pingedAt >= _attemptTimeout / 4 && Target is { } target)
        {
            var isKnown = now - _locatedAt < _attemptTimeout * LocateEvery;
            Ask(
                new CallTarget(settings.Group, target.Name),
                target.Node,
                target,
                isKnown ? new ClientCall.Ping() : new ClientCall.Locate(settings.Group));
            _pingedAt = now;
            _silentSince ??= now;
        }
    }

    /// <summary>A reply came from this process, or from the one on the route.</summary>
    public void OnHeard(ProcessAddress? from)
    {
        if (from is null || from == Target)
        {
            _silentSince = null;
        }

        if ((from ?? Target) is { } process)
        {
            Finder.OnHeard(process);
        }
    }

    public void OnNotLeading(ClientReply.NotLeading reply, TimeSpan now)
    {
        var hadTarget = Target is not null;
        _silentSince = null;
        Finder.OnNotLeading(reply, now);
        if (hadTarget && Target is null && !_hasAsked)
        {
            // Once a tick: a follower that is on the route, because the leader is silent, answers so again and again.
            _hasAsked = true;
            Finder.Ask(now);
        }
    }

    /// <summary>Drops the questions for the leader, because the client ends.</summary>
    public void Close()
    {
        foreach (var (receiver, location) in _locations)
        {
            network.LinkTo(receiver.Node).Forget(location);
        }

        _locations.Clear();
    }

    private void OnRoute(TimeSpan now)
    {
        (_silentSince, _locatedAt) = (null, null);
        onRoute(now);
    }

    // One question for each receiver: a repeat replaces the one before, whose reply may have been lost.
    private void Ask(CallTarget target, Address node, ProcessAddress? asked, ClientCall question)
    {
        var receiver = new Receiver(target.Process?.Value, node);
        if (!_locations.TryGetValue(receiver, out var location))
        {
            if (_locations.Count >= LocationsMax)
            {
                Close();
            }

            _locations.Add(receiver, location = new Location(this, asked));
        }

        // If the queue is full, the next tick or ping asks again.
        if (network.LinkTo(node).Send(target, question, location) == CallSending.Unreachable)
        {
            Finder.OnUnreachable(node, host.Now);
        }
    }

    private void Receive(object reply, ProcessAddress? asked)
    {
        lock (calls)
        {
            var now = host.Now;
            switch (reply)
            {
                case ClientReply.Located located:
                    OnLocated(located, now);
                    break;
                case ClientReply.Leading leading when asked is not null && Finder.IsOfGroup(leading.Uid, now):
                    OnHeard(asked);
                    Note(leading.Uid, leading.Committed);
                    break;
                case ClientReply.Lost(var node, _):
                    Finder.OnUnreachable(node, now);
                    break;
                case ClientReply.Declined when asked is { } gone && gone == Target:
                    Finder.OnSilent(now);
                    break;
            }
        }
    }

    private void OnLocated(ClientReply.Located located, TimeSpan now)
    {
        if (located.By is { } by)
        {
            if (by == Target?.Name)
            {
                (_silentSince, _locatedAt) = (null, now);
            }

            Note(located.Uid, located.Committed);
        }

        Finder.Receive(located, now);
        onLocated(now);
    }

    // Invariant: the serial is of the group that the client asks. After a change nothing is known, because a process of the group before
    // may still answer.
    private void Note(GroupUid group, Serial committed) =>
        _seen = _seen is not { } seen ? (group, committed)
            : seen.Group != group ? (group, Serial.Zero)
            : (group, new Serial(Math.Max(seen.Serial.Value, committed.Value)));

    // Without a struct: generic code over structs is compiled at each start of a program.
    private sealed record Receiver(string? Process, Address Node);

    /// <summary>A question for the leader. Its reply is news for the whole client.</summary>
    /// <param name="asked">Null: a registry.</param>
    private sealed class Location(GroupRoute route, ProcessAddress? asked) : ICaller
    {
        public RequestRef Request => default;

        public void Tell(object message, IActorRef sender) => route.Receive(message, asked);
    }
}
