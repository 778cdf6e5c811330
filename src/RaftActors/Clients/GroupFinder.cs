using Akka.Actor;

using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// Finds the processes of one group, and the route to its leader: the leader itself. If the leader is silent and another process still
/// follows it, that process is the route. Not thread-safe: <see cref="GroupCalls"/> has a lock.
/// </summary>
/// <param name="ask">Asks a process for the leader.</param>
/// <param name="askNode">Asks the registry of a node.</param>
/// <param name="nodes">The own node and the contacts.</param>
/// <param name="problems">Explains to people why nodes cannot be reached; empty: nothing is known.</param>
/// <param name="attemptTimeout">The time without an answer until a process counts as silent.</param>
/// <param name="onRoute">Called after each change of the route, with the time.</param>
internal sealed class GroupFinder(
    string group,
    Action<ProcessAddress> ask,
    Action<Address> askNode,
    IReadOnlyList<Address> nodes,
    Func<string> problems,
    TimeSpan attemptTimeout,
    Action<TimeSpan> onRoute)
{
    /// <summary>
    /// The most processes, and the most nodes, that a client remembers. A group has far fewer. The process that is silent for longest makes
    /// room for another one, and further ones are ignored.
    /// </summary>
    public const int ProcessesMax = 256;

    // An election takes some ticks. Then the pauses double, up to the attempt timeout.
    private const int QuickAsks = 4;
    private const int FirstPausePart = 16;

    // By name. The key is no ProcessName, because generic code over structs is compiled at each start of a program.
    private readonly SortedList<string, ProcessAddress> _processes = new(StringComparer.Ordinal);

    // Asked for nothing but their status.
    private readonly SortedList<string, ProcessAddress> _idle = new(StringComparer.Ordinal);
    private readonly Dictionary<ProcessAddress, TimeSpan> _silentSince = [];
    private readonly HashSet<Address> _others = [];
    private readonly SortedSet<string> _otherGroups = new(StringComparer.Ordinal);
    private (ProcessName Name, Term Term)? _leader;
    private TimeSpan _leaderAt;
    private GroupUid _uid;
    private TimeSpan _uidAt;
    private TimeSpan _askedNodesAt = TimeSpan.MinValue;
    private TimeSpan _asksAgainAt = TimeSpan.Zero;
    private int _asks;

    /// <summary>The leader of the latest term that a process has told; null: none.</summary>
    public ProcessName? Leader => _leader?.Name;

    /// <summary>The process to send calls to; null: none is known now.</summary>
    public ProcessAddress? Route { get; private set; }

    /// <summary>The process to ask a question. Each attempt asks the next one, the leader first.</summary>
    /// <param name="name">The process to ask. Null: any.</param>
    /// <param name="own">A process of this node comes before the leader; null: the leader comes first.</param>
    public ProcessAddress? Find(ProcessName? name, int attempts, Address? own = null)
    {
        if (name is { } wanted)
        {
            return _processes.GetValueOrDefault(wanted.Value) ?? _idle.GetValueOrDefault(wanted.Value);
        }

        // Most questions are answered at the first attempt, so this makes no garbage.
        for (var place = 0; attempts == 0 && own is not null && place < _processes.Count; place++)
        {
            if (_processes.GetValueAtIndex(place) is var process && process.Node.Equals(own))
            {
                return process;
            }
        }

        return attempts == 0 && Route is { } route ? route : FindInOrder(attempts, own);
    }

    /// <summary>The members that take no calls.</summary>
    public IEnumerable<ProcessName> Idle => _idle.Values.Select(idle => idle.Name).Where(name => !_processes.ContainsKey(name.Value));

    /// <summary>Returns the node of a member that takes no calls; null: the process takes calls, or is not known.</summary>
    public Address? NodeOfIdle(ProcessName? name) =>
        name is { } idle && !_processes.ContainsKey(idle.Value) ? _idle.GetValueOrDefault(idle.Value)?.Node : null;

    /// <summary>Explains to a person why there is no route.</summary>
    public string WhyNoRoute => _processes.Count > 0
        ? $"No leader of group '{group}' is known to {string.Join(", ", _processes.Keys)}."
        : _otherGroups.Count > 0 ? $"No node that answered has a process of group '{group}'; name one of the groups there: "
            + $"{string.Join(", ", _otherGroups)}."
        : $"No process of group '{group}' was found, on this node or on another one. Check the name of the group, raft.client.contacts, "
            + "that these nodes run, and that raft's port of them can be reached from here (raft.transport-tcp.port-offset)."
                + (problems() is { Length: > 0 } known ? $" {known}." : "");

    /// <summary>
    /// Asks for the leader: the processes, and the nodes if they may know more. Call it with each tick while there is no route. It asks in
    /// growing pauses, because the questions of thousands of clients would keep the processes from electing a leader.
    /// </summary>
    public void Ask(TimeSpan now)
    {
        if (now < _asksAgainAt)
        {
            return;
        }

        _asks = now - _asksAgainAt > attemptTimeout ? 1 : _asks + 1;
        _asksAgainAt = now + GrowingPause.After(Math.Max(0, _asks - QuickAsks), attemptTimeout / FirstPausePart, attemptTimeout);
        foreach (var process in _processes.Values.ToArray())
        {
            ask(process);
        }

        if (now - attemptTimeout / 4 >= _askedNodesAt)
        {
            _askedNodesAt = now;
            foreach (var node in nodes.Union(_others).ToArray())
            {
                askNode(node);
            }
        }
    }

    public void Receive(ClientReply.Located located, TimeSpan now)
    {
        var former = Route;
        Take(located, now);
        TellRoute(former, now);
    }

    private void Take(ClientReply.Located located, TimeSpan now)
    {
        if (located.Group != group)
        {
            return;
        }

        if (!IsOfGroup(located.Uid, now))
        {
            Forget(located.By?.Value ?? "");
            return;
        }

        foreach (var (process, node) in located.Processes)
        {
            Learn(new ProcessAddress(process, RaftAddress.WithoutSystem(node)));
        }

        if (located.By is not null)
        {
            // A member that has left is idle for no process.
            _idle.Clear();
        }

        foreach (var (process, node) in located.Idle.Where(each => _idle.Count < ProcessesMax || _idle.ContainsKey(each.Name.Value)))
        {
            _idle[process.Value] = new ProcessAddress(process, RaftAddress.WithoutSystem(node));
        }

        foreach (var node in located.Others.Select(RaftAddress.WithoutSystem))
        {
            if (_processes.Count == 0 && _others.Count < ProcessesMax && _others.Add(node))
            {
                askNode(node);
            }
        }

        _otherGroups.UnionWith(located.OtherGroups.Take(ClientReply.Located.OtherGroupsMax - _otherGroups.Count));
        var by = located.By is { } name ? _processes.GetValueOrDefault(name.Value) : null;
        if (by is { } answering)
        {
            OnHeard(answering);
        }

        // Terms rise. But a group that lost all its stores is founded anew, in the first term. Then no process knows the old one.
        var isForgotten = Route is null && now - _leaderAt >= attemptTimeout;
        if (located.Leader is { } leader && (_leader is null || isForgotten || located.Term >= _leader.Value.Term))
        {
            _leader = (leader, located.Term);
            _leaderAt = now;
            FindRoute(by, now);
        }
        else if (Route is { } route && route == by && located.Leader is null)
        {
            Route = null;
        }
    }

    /// <summary>The process on the route does not lead. It may know the leader.</summary>
    public void OnNotLeading(ClientReply.NotLeading reply, TimeSpan now)
    {
        var former = Route;
        if (reply.Leader is { } leader && (_leader is null || reply.Term >= _leader.Value.Term))
        {
            _leader = (leader, reply.Term);
            _leaderAt = now;
            Route = null;
            FindRoute(follower: null, now);
        }
        else if (Route is { } route && route.Name == _leader?.Name && reply.Leader is null)
        {
            Route = null;
        }

        TellRoute(former, now);
    }

    /// <summary>A reply came from this process.</summary>
    public void OnHeard(ProcessAddress process)
    {
        if (_silentSince.Count > 0)
        {
            _silentSince.Remove(process);
        }
    }

    /// <summary>The process on the route does not answer.</summary>
    public void OnSilent(TimeSpan now)
    {
        if (Route is { } route)
        {
            if (_processes.GetValueOrDefault(route.Name.Value) == route)
            {
                _silentSince.TryAdd(route, now);
            }

            Route = null;
            onRoute(now);
        }
    }

    /// <summary>The connection to a node has ended, or there is none.</summary>
    public void OnUnreachable(Address node, TimeSpan now)
    {
        foreach (var process in _processes.Values.Where(process => process.Node.Equals(node)))
        {
            _silentSince.TryAdd(process, now);
        }

        if (Route is { } route && route.Node.Equals(node))
        {
            Route = null;
            onRoute(now);
        }
    }

    // Only the end of a change counts. A process that does not lead may name itself as the leader, and a route that is told again would
    // be followed and refused without end.
    private void TellRoute(ProcessAddress? former, TimeSpan now)
    {
        if (Route != former)
        {
            (_asks, _asksAgainAt) = (0, TimeSpan.Zero);
            onRoute(now);
        }
    }

    private ProcessAddress? FindInOrder(int attempts, Address? own)
    {
        if (_processes.Count == 0)
        {
            return null;
        }

        ProcessAddress[] all = [.. _processes.Values.OrderBy(
            process => process.Node.Equals(own) ? 0 : process == Route ? 1 : _silentSince.ContainsKey(process) ? 3 : 2)];
        return all[attempts % all.Length];
    }

    /// <summary>
    /// Returns true if the process that answers belongs to the group. A restored group has the name of the one that was backed up, and may
    /// reach it. The first one that answered is the client's, until it has been silent.
    /// </summary>
    public bool IsOfGroup(GroupUid uid, TimeSpan now)
    {
        if (uid == GroupUid.None)
        {
            return true;
        }

        if (_uid != GroupUid.None && uid != _uid && now - _uidAt < attemptTimeout)
        {
            return false;
        }

        (_uid, _uidAt) = (uid, now);
        return true;
    }

    private void Learn(ProcessAddress process)
    {
        if (!_processes.TryGetValue(process.Name.Value, out var former) && _processes.Count >= ProcessesMax)
        {
            if (_silentSince.Count == 0)
            {
                return;
            }

            // Processes may get other names and nodes with each deployment, and a client may run for years.
            Forget(_silentSince.MinBy(each => each.Value).Key.Name.Value);
        }

        if (former is not null && former != process)
        {
            // The process has restarted elsewhere. It need not be a leader any more, or a member.
            _silentSince.Remove(former);
            Route = former == Route ? null : Route;
        }

        _processes[process.Name.Value] = process;
    }

    private void Forget(string name)
    {
        if (_processes.TryGetValue(name, out var process))
        {
            _processes.Remove(name);
            _silentSince.Remove(process);
        }
    }

    private void FindRoute(ProcessAddress? follower, TimeSpan now)
    {
        if (_leader is not var (name, _) || !_processes.TryGetValue(name.Value, out var leader))
        {
            return;
        }

        if (!_silentSince.TryGetValue(leader, out var since))
        {
            Route = leader;
        }
        else if (now - since >= attemptTimeout && Route is null)
        {
            Route = follower;
        }
    }
}
