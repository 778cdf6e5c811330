namespace RaftActors.Core;

/// <content>The starts of other processes that this process has durably recorded.</content>
/// <remarks>
/// <para>
/// A restored disk has forgotten votes and acknowledgements. So a message is ignored if its member has a recorded start that is later, or
/// that has the same number and another mark.
/// </para>
/// <para>
/// Which records exist: this process records every sender before it answers. So each vote or acknowledgement that it counts is that of a
/// recorded start, and the record outlives a restart.
/// </para>
/// <para>
/// Which records may go: those of a member that this process can never count again (<see cref="MayCount"/>), since a committed
/// configuration is without it. A later configuration may take the member in again. What it has forgotten by then does no harm. Its old
/// acknowledgements: every entry that they committed is on a majority of the configuration without it. Its old votes: they elected leaders
/// of earlier terms, or leaders whose log has that configuration and who did not count them.
/// </para>
/// </remarks>
public sealed partial class RaftCore
{
    /// <summary>The incarnation that this process recorded as the first of a name, or none.</summary>
    private Incarnation FirstOf(ProcessName name)
    {
        foreach (var record in _hardState.Recorded)
        {
            if (record.Member.Name == name)
            {
                return record.Member.Incarnation;
            }
        }

        return Incarnation.None;
    }

    private Boot? LatestBootOf(Member member)
    {
        foreach (var record in _hardState.Recorded)
        {
            if (record.Member == member)
            {
                return record.Boot;
            }
        }

        return null;
    }

    /// <summary>
    /// The message comes from an earlier start than the one recorded, or from another start of the same number. Either it is late, or its
    /// sender runs over an old copy of its store.
    /// </summary>
    private bool IsFromOldStart(Envelope envelope) =>
        LatestBootOf(envelope.From) is { } boot
        && (envelope.Boot.Number < boot.Number || (envelope.Boot.Number == boot.Number && envelope.Boot.Mark != boot.Mark));

    /// <summary>Whatever this process sends from here on waits until the record is durable (<see cref="Keep"/>).</summary>
    /// <returns>Whether this is the first message of that start.</returns>
    private bool Record(Envelope envelope)
    {
        var (member, recorded) = (envelope.From, _hardState.Recorded);
        var record = new PeerRecord(member, envelope.Boot);
        for (var i = 0; i < recorded.Length; i++)
        {
            if (recorded[i].Member == member)
            {
                if (recorded[i].Boot.Number >= envelope.Boot.Number)
                {
                    return false;
                }

                Keep(_hardState with { Recorded = recorded.SetItem(i, record) });
                return true;
            }
        }

        // Stable: the first incarnation of a name stays before the later ones.
        var needed = recorded.Where(one => IsNeeded(one.Member, member.Name)).Append(record);
        Keep(_hardState with { Recorded = [.. needed.OrderBy(one => one.Member.Name)] });
        _configurations.FoundingRoster = FoundingRoster();
        return true;
    }

    /// <summary>
    /// Which records stay when an incarnation of <paramref name="met"/> is recorded for the first time. Per name these are the first, those
    /// that may be counted, and the one met last. So the table is bounded, however often a store is replaced.
    /// </summary>
    private bool IsNeeded(Member member, ProcessName met)
    {
        var (name, incarnation) = member;
        return (Founders.Contains(name) || PeerOf(name) is not null)
            && (name != met || incarnation == FirstOf(name) || MayCount(member));
    }

    /// <summary>
    /// Whether this process may come to count a vote or an entry of this member: under the latest configuration, or under the one before
    /// while the latest may be truncated.
    /// </summary>
    private bool MayCount(Member member) =>
        Configuration.Holds(member)
        || (CommitIndex < _configurations.LatestIndex && _configurations.BeforeLatest?.Holds(member) == true);
}
