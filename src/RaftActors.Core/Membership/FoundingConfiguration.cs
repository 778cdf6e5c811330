using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>The two configurations that a founding knows: all N of the roster, and the K that the founder chooses of them.</summary>
internal static class FoundingConfiguration
{
    /// <summary>
    /// What is in force before the first configuration entry: all N vote, by name; those not met yet bear no incarnation and are never
    /// counted.
    /// </summary>
    public static Configuration OfAll(ImmutableArray<ProcessName> roster, Member self, ImmutableArray<PeerRecord> recorded) => new(
        GroupUid.None,
        roster.Length,
        [.. roster.Order().Select(name => name == self.Name ? self : FirstOf(name, recorded))],
        [],
        [],
        []);

    /// <summary>A place for somebody who was not met yet.</summary>
    public static Member Absent(ProcessName name) => new(name, Incarnation.None);

    /// <summary>
    /// The founder and the K-1 best others vote, the rest follow. <paramref name="present"/> are the others that were met, best first;
    /// absent ones are taken only when K needs them. Joint with all N, unless these are the same.
    /// </summary>
    public static Configuration Chosen(GroupUid group, Configuration all, int size, Standing founder, ImmutableArray<Standing> present)
    {
        var met = present.Insert(0, founder);
        var absent = all.Voters.Select(member => member.Name).Except(met.Select(standing => standing.Name)).Order();
        var chosen = met.Select(standing => standing.Name).Concat(absent).Take(size).ToHashSet();
        return new Configuration(
            group,
            size,
            [.. all.Voters.Where(member => chosen.Contains(member.Name))],
            chosen.Count == all.Voters.Length ? [] : all.Voters,
            [.. all.Voters.Where(member => !chosen.Contains(member.Name))],
            [.. met.Select(standing => new FoundingSerial(standing.Name, standing.Position.Serial)).OrderBy(one => one.Name)]);
    }

    private static Member FirstOf(ProcessName name, ImmutableArray<PeerRecord> recorded) =>
        recorded.FirstOrDefault(one => one.Member.Name == name, new PeerRecord(Absent(name), default)).Member;
}
