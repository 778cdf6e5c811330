namespace RaftActors.Engine;

/// <summary>Explains to a person how an engine sees its group, and for what it waits.</summary>
internal static class EngineExplanation
{
    /// <param name="waiting">Lines about requests that wait.</param>
    public static string Of(EngineContext context, IEnumerable<string> waiting)
    {
        var (process, core) = (context.Process, context.Core);
        var last = core.LastPosition;
        var admission = core.IsAdmitted ? "" : ", not admitted to vote yet";
        List<string> lines =
        [
            $"{process.Name} of {process.Settings.Group}: {core.Role} in term {core.Term}{admission}",
            $"log up to {last.Index} with serial {last.Serial}, committed up to {core.CommitIndex}",
            context.Leader is { } leader ? $"led by {leader.Leader}{(leader.IsReady ? "" : ", which is not ready yet")}" : "led by nobody",
            $"{core.Configuration}",
            OfMaxQuorum(core.Configuration.MaxQuorum, process.Settings.Quorum.Max),
        ];
        lines.AddRange(core.Configuration.Names().Where(name => name != process.Name).Select(name => OfPeer(context.Peers, name)));
        if (context.Network.Problems is { Length: > 0 } problems)
        {
            lines.Add($"without a connection: {problems}");
        }

        lines.AddRange(core.ExplainLeader().Select(reason => $"why no leader, or none that is ready: {reason}"));
        lines.AddRange(core.ExplainSerial(last.Serial).Select(reason => $"why serial {last.Serial} is not committed: {reason}"));
        if (core.IsQuiescent)
        {
            lines.Add("quiescent: no work, so no heartbeats");
        }
        else if (process.Settings.Timing.MayBeQuiescent && core.WhyAwake is { } why)
        {
            lines.Add($"not quiescent: {why}");
        }

        lines.AddRange(core.ExplainMembership().Select(reason => $"about the members: {reason}"));
        lines.AddRange(waiting);
        var status = process.Status;
        (string Of, object? Detail)[] details =
        [
            ("decided last", status.Decision),
            ("held", process.Tries.HeldAt),
            ("diverged", status.DivergedAt),
            ("contract conflict", status.ContractConflict),
            ("program", process.IsOlder ? "a member has one with a higher logic version" : null),
            ("refused", status.Refusal),
            ("fenced", status.Fence),
        ];
        lines.AddRange(details.Where(each => each.Detail is not null).Select(each => $"{each.Of}: {each.Detail}"));
        return string.Join('\n', lines);
    }

    /// <summary>The largest number of voters, and whether the setting of this process differs.</summary>
    public static string OfMaxQuorum(int recorded, int own) => recorded == own
        ? $"at most {recorded} may vote"
        : $"at most {recorded} may vote, as the group has recorded: raft.quorum.max = {own} of this process does not count";

    private static string OfPeer(PeerBook peers, ProcessName name) => peers.Find(name) is null
        ? $"{name} was never met"
        : $"{name} is {(peers.FindReachable(name) is null ? "out of reach" : "in reach")}";
}
