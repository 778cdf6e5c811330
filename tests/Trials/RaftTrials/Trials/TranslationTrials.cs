namespace RaftTrials.Trials;

/// <summary>
/// Three servers, and clients behind a translation of addresses. The servers have no route to the clients, so the trial holds only if all
/// answers come by the connections that the clients have opened.
/// </summary>
internal static class TranslationTrials
{
    private const int Servers = 3;
    private const int Writers = 3;

    /// <summary>Kills the leader, while clients append, query and follow the log. Then restarts it.</summary>
    public static async Task<string> KillLeader(Trial trial)
    {
        var (group, network) = await trial.GroupOnNetwork(Servers, others: 1);
        var inside = await network.HostBehind(Servers + 1);
        TrialFailure.Unless(
            group.Servers.All(server => Machine.CommandProblem(
                server.Host.Prefix[0], [.. server.Host.Prefix.Skip(1), "ip", "route", "get", inside.Address]) is not null),
            "a server has a route to the host of the clients, so no address is translated");
        await group.StartAndElect();
        var servers = Group.ListOf(group.Servers);
        var load = group.Load("w", Writers, group.Servers, host: inside);
        var tail = trial.Own(inside.Start(RaftTool.Path, ["log", "tail", "--after", "0", "--follow", "--json", "-S", servers]));
        List<TimeSpan> elections = [], gaps = [];
        for (var round = 1; round <= trial.Rounds(10); round++)
        {
            var (election, killed) = (group.Elections.Latest!, Stopwatch.GetTimestamp());
            election.Server.Kill();
            var next = await group.Elections.After(election.Term);
            await group.Book.CommittedToEach(load.Writers, next.At);
            elections.Add(Stopwatch.GetElapsedTime(killed, next.At));
            gaps.AddRange(Gaps.OfEach(group.Book.Writes, _ => "", killed, Stopwatch.GetTimestamp()));
            await RaftTool.Until(["print", "--here", "-S", servers], host: inside);
            election.Server.Start();
            await election.Server.Follows();
        }

        await group.StopLoads();
        var print = await RaftTool.Until(["print", "--here", "--json", "-S", servers], host: inside);
        var last = SerialOf(print.Output[^1]);
        await tail.Line(line => !line.IsError && SerialOf(line.Text) == last, Guards.Wait);
        var followed = tail.Lines(line => !line.IsError).Select(line => SerialOf(line.Text));
        TrialFailure.Unless(
            followed.SequenceEqual(print.Output.Select(SerialOf)), $"the followed log lacks pairs, or has some twice: {tail.LineCount}");
        return $"{await group.Check(group.Servers)}; {last} pairs followed; from the kill to the next leader {Gaps.Summary(elections)}; "
            + $"without any commit {Gaps.Summary(gaps)}";
    }

    private static long SerialOf(string line) => JsonDocument.Parse(line).RootElement.GetProperty("serial").GetInt64();
}
