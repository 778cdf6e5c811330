namespace RaftActors.Core;

/// <summary>The starts of other processes that this process has durably recorded.</summary>
/// <remarks>
/// <para>
/// A restored disk has forgotten votes and acknowledgements. So a message is ignored if its member has a recorded start that is later, or
/// that has the same number and another mark.
/// </para>
/// <para>
/// Existence: this process records every sender before it answers. So each vote or acknowledgement that it counts is that of a
/// recorded start, and the record outlives a restart.
/// </para>
/// <para>
/// Removal: a record may go if this process can never count its member again (<see cref="MayCount"/>), since a committed
/// configuration lacks it. A later configuration may hold the member again. The loss of the record is harmless: every entry that the
/// member's old acknowledgements committed is on a majority of the configuration without it. The member's old votes elected leaders of
/// earlier terms, or leaders whose log has that configuration and that did not count them.
/// </para>
/// </remarks>
internal sealed class Records(RaftState state)
{
    /// <summary>The first incarnation recorded for a name, or none.</summary>
    public Incarnation FirstOf(ProcessName name)
    {
        foreach (var record in state.HardState.Recorded)
        {
            if (record.Member.Name == name)
            {
                return record.Member.Incarnation;
            }
        }

        return Incarnation.None;
    }

    /// <summary>The latest start recorded for a member; null if none is.</summary>
    public Boot? LatestBootOf(Member member)
    {
        foreach (var record in state.HardState.Recorded)
        {
            if (record.Member == member)
            {
                return record.Boot;
            }
        }

        return null;
    }

    /// <summary>
    /// The boot is lower than the one recorded, or equal with another mark: a delayed message, or a restored disk.
    /// </summary>
    public bool IsFromOldStart(Envelope envelope) =>
        LatestBootOf(envelope.From) is { } boot
        && (envelope.Boot.Number < boot.Number || (envelope.Boot.Number == boot.Number && envelope.Boot.Mark != boot.Mark));

    /// <summary>Records the start of a sender. Every later message of this process waits until the record is durable.</summary>
    /// <returns>Whether this is the first message of that start.</returns>
    public bool Record(Envelope envelope)
    {
        var (member, recorded) = (envelope.From, state.HardState.Recorded);
        for (var i = 0; i < recorded.Length; i++)
        {
            if (recorded[i].Member == member)
            {
                if (recorded[i].Boot.Number >= envelope.Boot.Number)
                {
                    return false;
                }

                var record = new PeerRecord(member, envelope.Boot);
                state.Durability.SetHardState(state.HardState with { Recorded = recorded.SetItem(i, record) });
                return true;
            }
        }

        Add(member, new PeerRecord(member, envelope.Boot));
        return true;
    }

    // Stable order: the first incarnation of a name stays before the later ones.
    private void Add(Member member, PeerRecord record)
    {
        var recorded = state.HardState.Recorded;
        var needed = recorded.Where(one => IsNeeded(one.Member, member.Name)).Append(record);
        state.Durability.SetHardState(state.HardState with { Recorded = [.. needed.OrderBy(one => one.Member.Name)] });
        state.Configurations.FoundingRoster = state.FoundingRoster();
    }

    /// <summary>
    /// Whether a record stays when an incarnation of <paramref name="met"/> is recorded for the first time. For each name these are the
    /// first, those that may be counted, and the one met last. So the table is bounded, however often a store is replaced.
    /// </summary>
    private bool IsNeeded(Member member, ProcessName met)
    {
        var (name, incarnation) = member;
        return (state.Founders.Contains(name) || state.Roster.Of(name) is not null)
            && (name != met || incarnation == FirstOf(name) || MayCount(member));
    }

    /// <summary>
    /// Whether this process may come to count a vote or an entry of this member: under the latest configuration, or under the one before
    /// while the latest may be truncated.
    /// </summary>
    private bool MayCount(Member member) =>
        state.Configuration.Holds(member)
        || (state.CommitIndex < state.Configurations.LatestIndex && state.Configurations.BeforeLatest?.Holds(member) == true);
}
