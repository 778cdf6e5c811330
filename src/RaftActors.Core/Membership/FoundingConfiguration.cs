using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>The two configurations of a founding: all N processes, and the K that the founder chooses.</summary>
internal static class FoundingConfiguration
{
    /// <summary>
    /// The configuration in force before the first entry: all N vote, by name. Absent processes have no incarnation and are never
    /// counted.
    /// </summary>
    public static Configuration OfAll(ImmutableArray<ProcessName> roster, Member self, ImmutableArray<PeerRecord> recorded) => new(
        GroupUid.None,
        roster.Length,
        [.. roster.Order().Select(name => name == self.Name ? self : FirstOf(name, recorded))],
        [],
        [],
        []);

    /// <summary>The place of a process that was not met yet.</summary>
    public static Member Absent(ProcessName name) => new(name, Incarnation.None);

    /// <summary>
    /// The founder and the K-1 best others vote, the rest learn. <paramref name="present"/> holds the others that were met, best
    /// first. Absent processes vote only if K needs them. The result is joint with all N, unless K = N.
    /// </summary>
    public static Configuration Chosen(
        GroupUid group,
        Configuration all,
        int maxQuorum,
        Standing founder,
        ImmutableArray<Standing> present)
    {
        var size = QuorumSize.For(all.Voters.Length, maxQuorum);
        var met = present.Insert(0, founder);
        var absent = all.Voters.Select(member => member.Name).Except(met.Select(standing => standing.Name)).Order();
        var chosen = met.Select(standing => standing.Name).Concat(absent).Take(size).ToHashSet();
        return new Configuration(
            group,
            size,
            [.. all.Voters.Where(member => chosen.Contains(member.Name))],
            chosen.Count == all.Voters.Length ? [] : all.Voters,
            [.. all.Voters.Where(member => !chosen.Contains(member.Name))],
            [.. met.Select(standing => new FoundingSerial(standing.Name, standing.Position.Serial)).OrderBy(one => one.Name)])
        {
            MaxQuorum = maxQuorum,
        };
    }

    private static Member FirstOf(ProcessName name, ImmutableArray<PeerRecord> recorded) =>
        recorded.FirstOrDefault(one => one.Member.Name == name, new PeerRecord(Absent(name), default)).Member;
}
