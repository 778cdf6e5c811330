using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// The other processes that this one deals with. The log defines the roster. At first it is the founding roster, then it has all members
/// of the latest configuration, and of the one before while the latest can still be truncated.
/// </summary>
internal sealed class Roster
{
    /// <summary>
    /// The most peers that no configuration names, far more than a group has processes. A joining process hears any sender, and a forged
    /// greeting may claim any log.
    /// </summary>
    public const int UnknownMax = 256;

    /// <summary>The state that <see cref="Peers"/> was derived from.</summary>
    private (Configuration Latest, bool IsCommitted, int Removed) _derivedFrom;

    /// <summary>The other processes, ordered by name. Some may be named by no configuration: see <see cref="MayStay"/>.</summary>
    public ImmutableArray<Peer> Peers { get; private set; } = [];

    /// <summary>The names in the roster without this process. The array is replaced whenever they change.</summary>
    public ImmutableArray<ProcessName> Others { get; private set; } = [];

    /// <summary>Returns the peer of that name, or null if this process does not deal with it.</summary>
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

    /// <summary>
    /// Adds a peer that the roster does not name, in place of a lost one if there are too many. Returns null if there are <see
    /// cref="UnknownMax"/> of them and all can be reached.
    /// </summary>
    /// <param name="leader">Keeps its place even if it is lost.</param>
    public Peer? Add(ProcessName name, Member? leader)
    {
        if (Peers.Length - Others.Length >= UnknownMax)
        {
            if (Peers.FirstOrDefault(one => one.SpokeAt is null && one.Name != leader?.Name && !IsNamed(one)) is not { } lost)
            {
                return null;
            }

            Peers = Peers.Remove(lost);
        }

        var peer = new Peer(name);
        Peers = [.. Peers.Append(peer).OrderBy(one => one.Name)];
        return peer;
    }

    /// <summary>Forgets the processes that left the roster, and adds those that joined it. Run at the end of each step.</summary>
    public void Update(RaftState state)
    {
        var isCommitted = state.CommitIndex >= state.Configurations.LatestIndex;
        var leader = state.Role as LeaderRole;
        var derivedFrom = (state.Configuration, isCommitted, leader?.Leaving.Count ?? 0);
        if (derivedFrom == _derivedFrom && (Peers.Length == Others.Length || Peers.All(peer => IsNamed(peer) || MayStay(peer, state))))
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
        names.UnionWith(Peers.Where(peer => MayStay(peer, state)).Select(peer => peer.Name));
        Peers = [.. names.Select(name => Of(name) ?? new Peer(name))];
        foreach (var peer in Peers)
        {
            if (peer.Current != Incarnation.None && before.Holds(peer.Member) && RemainingOf(peer, state.Configuration) is { } remaining)
            {
                peer.YieldTo(remaining, state.Now);
            }
        }
    }

    /// <summary>
    /// Returns the process that keeps the peer's name in the configuration, which removed the one that spoke last. Returns null if the
    /// configuration has that one, or none of the name.
    /// </summary>
    private static Member? RemainingOf(Peer peer, Configuration configuration)
    {
        var others = configuration.Everybody().Where(member => member.Name == peer.Name && member.Incarnation != Incarnation.None).ToList();
        return others.Count == 0 || others.Contains(peer.Member) ? null : others[^1];
    }

    private bool IsNamed(Peer peer) => Others.Contains(peer.Name);

    /// <summary>
    /// Tells whether a peer stays that no configuration names. This process may have missed the configuration that names it, unless its
    /// own log reaches as far. A removed process must not stay, because it would be greeted for ever, and would not learn that it was
    /// removed.
    /// </summary>
    private static bool MayStay(Peer peer, RaftState state) =>
        state.IsOutside
        || state.IsRemoved
        || peer.Name == state.Leader?.Name
        || !state.Log.LastPosition.IsAtLeastAsUpToDateAs(peer.Farthest);
}
