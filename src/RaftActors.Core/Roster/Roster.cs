using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The other processes that this one deals with. The roster lives in the log: at first it is the founding roster, then everyone in the
/// latest configuration, and in the one before while the latest can still be truncated.
/// </summary>
internal sealed class Roster
{
    /// <summary>The state that <see cref="Peers"/> was derived from.</summary>
    private (Configuration Latest, bool IsCommitted, int Farewells) _derivedFrom;

    /// <summary>
    /// The other processes, ordered by name. Only a process outside its group has peers that no configuration names.
    /// </summary>
    public ImmutableArray<Peer> Peers { get; private set; } = [];

    /// <summary>The names in the roster without this process; another array whenever they change.</summary>
    public ImmutableArray<ProcessName> Others { get; private set; } = [];

    /// <summary>The peer of that name; null if this process does not deal with it.</summary>
    public Peer? Of(ProcessName name)
    {
        foreach (var peer in Peers)
        {
            if (peer.Name == name)
            {
                return peer;
            }
        }

        return null;
    }

    /// <summary>Adds a peer that the roster does not name.</summary>
    public Peer Add(ProcessName name)
    {
        var peer = new Peer(name);
        Peers = [.. Peers.Append(peer).OrderBy(one => one.Name)];
        return peer;
    }

    /// <summary>Forgets the processes that left the roster, and adds those that came into it. Run at the end of each step.</summary>
    public void Update(RaftState state)
    {
        var isCommitted = state.CommitIndex >= state.Configurations.LatestIndex;
        var leader = state.Role as LeaderRole;
        var derivedFrom = (state.Configuration, isCommitted, leader?.Leaving.Count ?? 0);
        if (derivedFrom == _derivedFrom)
        {
            return;
        }

        _derivedFrom = derivedFrom;
        var before = state.Configurations.BeforeLatest ?? state.Configurations.FoundingRoster;
        var names = new SortedSet<ProcessName>(state.Configuration.Names());
        names.UnionWith(isCommitted ? [] : before.Names());
        names.UnionWith(leader?.Leaving.Select(member => member.Name) ?? []);
        names.Remove(state.Self.Name);
        Others = [.. names];
        names.UnionWith(state.IsOutside ? Peers.Select(peer => peer.Name) : []);
        Peers = [.. names.Select(name => Of(name) ?? new Peer(name))];
    }
}
