namespace RaftActors.Discovery;

/// <summary>Explains to a person why a process may have met no other one of its group.</summary>
internal static class AloneReason
{
    /// <param name="source">Null if the actor system has no address.</param>
    /// <param name="problems">The failures of connections, or an empty text if none is known.</param>
    public static string Of(IEnumerable<KnownNode> nodes, INodeSource? source, string problems)
    {
        string AddressesOf(bool areConnected) =>
            string.Join(", ", nodes.Where(node => node.IsConnected == areConnected).Select(node => node.Address));

        List<string> why = [];
        if (AddressesOf(areConnected: false) is { Length: > 0 } silent)
        {
            why.Add($"No answer from {silent}: check that these nodes run, and that their ports can be reached from here."
                + (problems.Length > 0 ? $" {problems}" : ""));
        }

        if (AddressesOf(areConnected: true) is { Length: > 0 } answered)
        {
            why.Add($"{answered} answered, but no process of this group runs there: check the actors that they start, raft.group, "
                + "and whether their logs say that an engine has stopped.");
        }

        return why.Count > 0 ? string.Join(' ', why)
            : source?.WhyNoNodes ?? "This actor system has no address, so all processes of the group must run in it. Start them here.";
    }
}
