namespace RaftTrials.Trials;

/// <summary>
/// Exchanges the program of each server under load, one server after the other: that of an earlier version for this one, and back. Clients
/// of both write.
/// </summary>
internal static class UpgradeTrials
{
    private const int Members = 3;
    private const int Writers = 1;

    // The two answers of 'raft status' come from slightly different moments, and the writers go on.
    private const int LagMax = 20;

    /// <summary>The earlier version is the released one.</summary>
    public static Task<string> FromReleased(Trial trial) =>
        Roll(trial, Checkout.Released(Path.Combine(trial.Work, "released")), raises: false);

    /// <summary>
    /// The later version is this one with one format level more. The level is raised at the end, and the earlier program is refused. This
    /// program cannot read the stores then, so the trial runs in the program of the later version.
    /// </summary>
    public static async Task<string> ToNextLevel(Trial trial)
    {
        if (trial.Earlier is { } earlier)
        {
            return await Roll(trial, new Checkout(earlier), raises: true);
        }

        var next = Checkout.WithNextLevel(Path.Combine(trial.Work, "next"));
        string[] arguments =
        [
            RaftProgram.Name, "--only", "next-level", Trial.EarlierName, Checkout.Own.Root, "--rounds", $"{trial.Rounds(1)}",
            "--port", $"{trial.FirstPort}",
        ];
        using var process = Host.Here.Start(next.Trials, arguments);
        process.EndInput();
        var code = await process.Ended(TimeSpan.FromHours(1));
        List<string> lines = [.. process.Lines(_ => true).Select(line => line.Text)];
        TrialFailure.Unless(code == 0, $"in the program with the next level: {string.Join('\n', lines)}");
        return lines[0].Split(" s  ", 2)[^1];
    }

    private static async Task<string> Roll(Trial trial, Checkout earlier, bool raises)
    {
        // The bound is one election for each exchange. With the usual timeouts, a busy machine elects more.
        var group = trial.Group(Members, null, "-t", "5000", "-T", "10000");
        foreach (var server in group.Servers)
        {
            server.Program = earlier.Raft;
        }

        await group.StartAndElect();
        string[] writers =
        [
            .. group.Load("next", Writers, group.Servers, timeout: Guards.Request).Writers,
            .. group.Load("earlier", Writers, group.Servers, timeout: Guards.Request, program: earlier.Trials).Writers,
        ];
        await group.Book.CommittedToEach(writers, 0);
        var (rounds, elections) = (trial.Rounds(100), 0L);
        for (var round = 1; round <= rounds; round++)
        {
            elections += await Exchange(group, RaftTool.Path, writers) + await Exchange(group, earlier.Raft, writers);
        }

        elections += await Exchange(group, RaftTool.Path, writers);
        if (raises)
        {
            await Raise(group, earlier.Raft, RaftTool.Path, writers);
        }

        return $"{await group.Check(group.Servers)}; {rounds + 1} upgrades and {rounds} downgrades of {Members} servers, {elections} "
            + $"elections, at most one for each server{(raises ? "; level raised; earlier program refused" : "")}";
    }

    // Returns the number of elections.
    private static async Task<long> Exchange(Group group, string program, IReadOnlyList<string> writers)
    {
        var first = group.Term;
        foreach (var server in group.Servers)
        {
            var before = group.Term;
            await server.Stop();
            server.Program = program;
            server.Start();
            await server.Follows();
            await CaughtUp(group, server);
            await group.Book.CommittedToEach(writers, Stopwatch.GetTimestamp());
            TrialFailure.Unless(
                group.Term <= before + 1,
                $"the exchange of {server.Id} took the terms {before} to {group.Term}, and one election is enough");
        }

        TrialFailure.IfAny(group.Book.Writes.FirstOrDefault(call => call.End != WriteEnd.Committed), call => $"a call failed: {call}");
        return group.Term - first;
    }

    // The sign after which an operator restarts the next server.
    private static Task CaughtUp(Group group, RaftServer server) => RaftTool.Until(
        ["status", "--json", "-S", Group.ListOf(group.Servers)],
        run => run.Json.Any(line => line.GetProperty("kind").GetString() == "server"
            && line.GetProperty("server").GetString() == server.Id
            && line.TryGetProperty("lag", out var lag) && lag.GetInt64() < LagMax));

    private static async Task Raise(Group group, string earlier, string next, IReadOnlyList<string> writers)
    {
        var list = Group.ListOf(group.Servers);
        await RaftTool.Demand(["upgrade", "status", "-S", list], "all of its programs read level 2");
        await RaftTool.Demand(["upgrade", "enable", "-S", list], "the format level is raised");
        await RaftTool.Demand(["upgrade", "status", "-S", list], "The group writes format level 2");
        await group.Book.CommittedToEach(writers, Stopwatch.GetTimestamp());

        // Its store has an entry of the new level.
        var server = group.Servers[0];
        await server.Stop();
        server.Program = earlier;
        server.Start();
        await server.Says(line => line.Text.Contains("has format level 2, and this program reads level 1"), "why it cannot start");
        TrialFailure.Unless(
            await server.Process.Ended(Guards.Wait) is not (null or 0), $"the earlier program goes on with the store of {server.Id}");

        // With an empty store, the others refuse it.
        server.Wipe();
        server.Start();
        await server.Says(line => line.Text.Contains("the group has format level 2"), "why it is refused");
        server.Kill();
        server.Program = next;
        server.Start();
        await server.Follows();
        await Group.VotesAgain(server);
        await group.Book.CommittedToEach(writers, Stopwatch.GetTimestamp());
    }
}
