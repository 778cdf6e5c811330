using RaftActors.Core;

namespace RaftActors.Engine.Requests;

/// <summary>The order in which a Get asks the quorum members.</summary>
internal static class GetServers
{
    /// <summary>
    /// Returns the quorum members except this process. First come those that had the pair at the founding, the one with the fewest pairs
    /// first. So members with more pairs are kept for the pairs that only they have. Then comes the leader, which has all pairs, then the
    /// others. Ties are ordered by name.
    /// </summary>
    public static IEnumerable<ProcessName> InOrder(QuorumView quorum, LeaderView? leader, ProcessName self, Serial serial)
    {
        var founding = quorum.Configuration.FoundingSerials.ToDictionary(each => each.Name, each => each.Serial);
        return quorum.Members
            .Select(member => member.Name)
            .Where(name => name != self)
            .Select(name => (Name: name, Founding: founding.GetValueOrDefault(name)))
            .OrderBy(each => each.Founding >= serial ? 0 : each.Name == leader?.Leader.Name ? 1 : 2)
            .ThenBy(each => each.Founding >= serial ? each.Founding : Serial.Zero)
            .ThenBy(each => each.Name)
            .Select(each => each.Name);
    }
}
