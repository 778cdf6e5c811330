using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>The two configurations of a founding: all N processes, and the K that the founder chooses.</summary>
internal static class FoundingConfiguration
{
    /// <summary>
    /// Returns the configuration in force before the first entry: all N vote, by name. Absent processes have no incarnation and are never
    /// counted.
    /// </summary>
    public static Configuration OfAll(ImmutableArray<ProcessName> roster, Member self, ImmutableArray<PeerRecord> recorded) => new(
        GroupUid.None,
        roster.Length,
        [.. roster.Order().Select(name => name == self.Name ? self : FirstOf(name, recorded))],
        [],
        [],
        []);

    public static Member Absent(ProcessName name) => new(name, Incarnation.None);

    /// <summary>
    /// Returns a configuration in which the founder and the K-1 best others vote, and the rest learn. <paramref name="present"/> has the
    /// others that were met, best first. Those of a failure domain with fewer voters precede them. Absent processes vote only if K needs
    /// them. The result is joint with all N, unless K = N.
    /// </summary>
    public static Configuration Chosen(
        GroupUid group,
        Configuration all,
        int maxQuorum,
        FoundingRank founder,
        ImmutableArray<FoundingRank> present,
        Func<ProcessName, string> domainOf,
        int logic)
    {
        var size = QuorumSize.For(all.Voters.Length, maxQuorum);
        var met = present.Insert(0, founder);
        var absent = all.Voters.Select(member => member.Name).Except(met.Select(rank => rank.Name)).Order();
        var chosen = Spread(founder.Name, [.. present.Select(rank => rank.Name)], domainOf).Concat(absent).Take(size).ToHashSet();
        return new Configuration(
            group,
            size,
            [.. all.Voters.Where(member => chosen.Contains(member.Name))],
            chosen.Count == all.Voters.Length ? [] : all.Voters,
            [.. all.Voters.Where(member => !chosen.Contains(member.Name))],
            [.. met.Select(rank => new FoundingSerial(rank.Name, rank.Position.Serial)).OrderBy(one => one.Name)])
        {
            MaxQuorum = maxQuorum,
            Version = GroupVersion.Lowest with { Logic = logic },
        };
    }

    /// <summary>Returns the founder, and then repeatedly the first process of the domain that has come least often.</summary>
    private static IEnumerable<ProcessName> Spread(ProcessName founder, List<ProcessName> bestFirst, Func<ProcessName, string> domainOf)
    {
        var counts = new Dictionary<string, int>();
        for (var next = founder; ; next = bestFirst.MinBy(name => counts.GetValueOrDefault(domainOf(name))))
        {
            yield return next;
            bestFirst.Remove(next);
            if (bestFirst.Count == 0)
            {
                yield break;
            }

            counts[domainOf(next)] = counts.GetValueOrDefault(domainOf(next)) + 1;
        }
    }

    private static Member FirstOf(ProcessName name, ImmutableArray<PeerRecord> recorded) =>
        recorded.FirstOrDefault(one => one.Member.Name == name, new PeerRecord(Absent(name), default)).Member;
}
