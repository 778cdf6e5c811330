namespace RaftActors.Discovery;

/// <summary>Explains to a person why a process may have met no other one of its group.</summary>
internal static class AloneReason
{
    /// <param name="nodes">The other nodes that are known.</param>
    /// <param name="source">Null: the actor system has no address.</param>
    /// <param name="problems">Why nodes cannot be connected to; empty: nothing is known.</param>
    public static string Of(IEnumerable<KnownNode> nodes, INodeSource? source, string problems)
    {
        string AddressesOf(bool areReachable) =>
            string.Join(", ", nodes.Where(node => node.IsReachable == areReachable).Select(node => node.Address));

        List<string> why = [];
        if (AddressesOf(areReachable: false) is { Length: > 0 } silent)
        {
            why.Add($"No answer from {silent}: check that these nodes run, and that their ports can be reached from here."
                + (problems.Length > 0 ? $" {problems}" : ""));
        }

        if (AddressesOf(areReachable: true) is { Length: > 0 } answered)
        {
            why.Add($"{answered} answered, but no process of this group runs there: check the actors that they start, raft.group, "
                + "and whether their logs say that an engine has stopped.");
        }

        return why.Count > 0 ? string.Join(' ', why)
            : source?.WhyNoNodes ?? "This actor system has no address, so all processes of the group must run in it. Start them here.";
    }
}
