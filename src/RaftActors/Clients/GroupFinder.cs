using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// Finds the engines of one group, and the way to its leader: the leader's own engine. If the leader is silent and another process still
/// follows it, that process is the way. For the client's actor only.
/// </summary>
/// <param name="ask">Sends a question to an engine.</param>
/// <param name="askRegistries">Sends a question to the registries of the own node and of the contacts.</param>
/// <param name="resolve">Makes the reference of a path.</param>
/// <param name="problems">Explains to people why nodes cannot be reached; empty: nothing is known.</param>
/// <param name="patience">The time without an answer until an engine counts as silent.</param>
internal sealed class GroupFinder(
    string group,
    Action<IActorRef, ClientCall> ask,
    Action<ClientCall> askRegistries,
    Func<string, IActorRef> resolve,
    Func<string> problems,
    TimeSpan patience)
{
    /// <summary>The most engines that a client remembers. A group has far fewer. Further ones are ignored.</summary>
    public const int EnginesMax = 256;

    private readonly SortedDictionary<ProcessName, IActorRef> _engines = [];
    private readonly Dictionary<IActorRef, TimeSpan> _silentSince = [];
    private (ProcessName Name, Term Term)? _leader;
    private TimeSpan _leaderAt;
    private GroupUid _uid;
    private TimeSpan _uidAt;
    private TimeSpan _askedRegistriesAt = TimeSpan.MinValue;

    /// <summary>The leader of the latest term that a process has told; null: none.</summary>
    public ProcessName? Leader => _leader?.Name;

    /// <summary>The engine to send calls to; null: none is known now.</summary>
    public IActorRef? Way { get; private set; }

    /// <summary>The engine to ask a question. Each attempt asks the next one, the leader's first.</summary>
    /// <param name="name">The process to ask. Null: any.</param>
    /// <param name="prefersOwnNode">True: an engine of this node comes before that of the leader.</param>
    public IActorRef? Find(ProcessName? name, int attempts, bool prefersOwnNode = false)
    {
        if (name is { } wanted)
        {
            return _engines.GetValueOrDefault(wanted);
        }

        int PlaceOf(IActorRef engine) => prefersOwnNode && engine.Path.Address.HasLocalScope ? 0
            : engine.Equals(Way) ? 1
            : _silentSince.ContainsKey(engine) ? 3
            : 2;
        IActorRef[] engines = [.. _engines.Values.OrderBy(PlaceOf)];
        return engines.Length == 0 ? null : engines[attempts % engines.Length];
    }

    /// <summary>Explains to a person why there is no way.</summary>
    public string WhyNoWay => _engines.Count > 0
        ? $"No leader of group '{group}' is known to {string.Join(", ", _engines.Keys)}."
        : $"No process of group '{group}' was found, on this node or on another one. Check the name of the group, raft.client.contacts, "
            + "that these nodes run, and that raft's port of them can be reached from here (raft.transport-tcp.port-offset)."
                + (problems() is { Length: > 0 } known ? $" {known}." : "");

    /// <summary>Asks for the leader: the engines, and the registries if they may know more.</summary>
    public void Ask(TimeSpan now)
    {
        foreach (var engine in _engines.Values)
        {
            ask(engine, new ClientCall.Locate(group));
        }

        if (now - patience / 4 >= _askedRegistriesAt)
        {
            _askedRegistriesAt = now;
            askRegistries(new ClientCall.Locate(group));
        }
    }

    /// <summary>Messages to a node were lost. The registries are asked again without a pause.</summary>
    public void OnLost() => _askedRegistriesAt = TimeSpan.MinValue;

    /// <summary>Asks the engine on the way whether it is still there.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryPing()
    {
        if (Way is null)
        {
            return false;
        }

        ask(Way, new ClientCall.Locate(group));
        return true;
    }

    public void Receive(ClientReply.Located located, IActorRef sender, TimeSpan now)
    {
        if (located.Group != group)
        {
            return;
        }

        if (IsOfOther(located, now))
        {
            Forget(sender);
            return;
        }

        OnHeard(sender);
        foreach (var process in located.Processes.Where(process => process.Group == group))
        {
            Learn(process.Name, process.Engine);
        }

        // Terms rise. But a group that lost all its stores is founded anew, in the first term. Then no process knows the old one.
        var isForgotten = Way is null && now - _leaderAt >= patience;
        if (located.Leader is { } leader && (_leader is null || isForgotten || located.Term >= _leader.Value.Term))
        {
            _leader = (leader, located.Term);
            _leaderAt = now;
            FindWay(sender, now);
        }
        else if (Way is { } way && way.Equals(sender) && located.Leader is null)
        {
            Way = null;
        }
    }

    // A restored group has the name of the one that was backed up, and may reach it. The first one that answered is the client's, until it
    // has been silent.
    private bool IsOfOther(ClientReply.Located located, TimeSpan now)
    {
        if (located.Uid == GroupUid.None)
        {
            return false;
        }

        if (_uid != GroupUid.None && located.Uid != _uid && now - _uidAt < patience)
        {
            return true;
        }

        (_uid, _uidAt) = (located.Uid, now);
        return false;
    }

    private void Forget(IActorRef engine)
    {
        foreach (var name in _engines.Where(each => each.Value.Equals(engine)).Select(each => each.Key).ToList())
        {
            _engines.Remove(name);
        }
    }

    /// <summary>A message came from this engine.</summary>
    public void OnHeard(IActorRef engine) => _silentSince.Remove(engine);

    /// <summary>The engine on the way does not answer.</summary>
    public void OnSilent(TimeSpan now)
    {
        if (Way is { } way)
        {
            if (_engines.ContainsValue(way))
            {
                _silentSince.TryAdd(way, now);
            }

            Way = null;
        }
    }

    /// <summary>The connection to a node has ended.</summary>
    public void OnUnreachable(Address node, TimeSpan now)
    {
        foreach (var engine in _engines.Values.Where(engine => engine.Path.Address.Equals(node)))
        {
            _silentSince.TryAdd(engine, now);
        }

        if (Way is { } way && way.Path.Address.Equals(node))
        {
            Way = null;
        }
    }

    private void Learn(ProcessName name, string path)
    {
        if (!_engines.TryGetValue(name, out var before) && _engines.Count >= EnginesMax)
        {
            return;
        }

        var engine = resolve(path);
        if (before is not null && !before.Equals(engine))
        {
            // The process has restarted. It need not be a leader any more, or a member.
            _silentSince.Remove(before);
            Way = before.Equals(Way) ? null : Way;
        }

        _engines[name] = engine;
    }

    private void FindWay(IActorRef follower, TimeSpan now)
    {
        if (_leader is not var (name, _) || !_engines.TryGetValue(name, out var engine))
        {
            return;
        }

        if (!_silentSince.TryGetValue(engine, out var since))
        {
            Way = engine;
        }
        else if (now - since >= patience && Way is null)
        {
            Way = follower;
        }
    }
}
