using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>Whom to ask for a pair, and in which order.</summary>
internal static class GetServers
{
    /// <summary>
    /// Quorum members other than oneself. First those that had the pair when the group was founded, the one with the least first: who has
    /// more is spared for what only it has. Then the leader, who has everything, then the others. Equals go by name.
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
