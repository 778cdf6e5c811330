namespace RaftActors.Core;

/// <summary>A process that leads its term, and what it believes about the others.</summary>
/// <param name="electedSerial">The last serial in its log when it was elected.</param>
internal sealed class LeaderRole(Serial electedSerial) : Role
{
    private readonly SortedList<Member, Progress> _progress = [];

    /// <inheritdoc/>
    public override RoleKind Kind => RoleKind.Leader;

    /// <summary>The last serial in its log when it was elected.</summary>
    public Serial ElectedSerial => electedSerial;

    /// <summary>Everybody it replicates to, in the order of members.</summary>
    public IList<Progress> Peers => _progress.Values;

    /// <summary>What it believes about a member; null for itself and for those whom no configuration in force holds.</summary>
    public Progress? Of(Member member) => _progress.GetValueOrDefault(member);

    /// <summary>Replicates from now on to all whom the configuration holds, and to nobody else.</summary>
    public void Track(Configuration configuration, Member self, LogIndex next, long now)
    {
        var members = configuration.Everybody().Where(member => member != self && member.Incarnation != Incarnation.None).ToList();
        foreach (var gone in _progress.Keys.Except(members).ToList())
        {
            _progress.Remove(gone);
        }

        foreach (var member in members)
        {
            _progress.TryAdd(member, new Progress(member, next, now));
        }
    }
}
