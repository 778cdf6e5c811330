using System.Diagnostics;
using System.Text.Json.Nodes;

using RaftActors.Core.Codec;

using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>
/// Exchanges the program of each server under load, one server after the other: this one for a next one that knows one format level more
/// (<see cref="FormatRange.NextSwitch"/>), and back. Clients of both write. At the end the level is raised, and this program is refused.
/// </summary>
internal static class UpgradeTrials
{
    private const int Members = 3;
    private const int Writers = 1;

    // The two answers of 'raft status' come from slightly different moments, and the writers go on.
    private const int LagMax = 20;

    public static async Task<string> Roll(Trial trial)
    {
        var (servers, clients) = (Path.Combine(trial.Work, "next-servers"), Path.Combine(trial.Work, "earlier-clients"));
        Copy(RaftTool.Path, servers, hasNextLevel: true);

        // These trials know the next level, because they read the stores at the end. So their clients in the copy are the earlier ones.
        Copy(TrialProgram.Path, clients, hasNextLevel: false);
        var (earlier, next) = (RaftTool.Path, Path.Combine(servers, RaftTool.File));

        // The bound is one election for each exchange. With the usual timeouts, a busy machine elects more.
        var group = trial.Group(Members, null, "-t", "5000", "-T", "10000");
        foreach (var server in group.Servers)
        {
            server.Program = earlier;
        }

        await group.StartAndElect();
        string[] writers =
        [
            .. group.Load("next", Writers, group.Servers, timeout: Guards.Request).Writers,
            .. group.Load(
                "earlier",
                Writers,
                group.Servers,
                timeout: Guards.Request,
                program: Path.Combine(clients, $"{TrialProgram.Name}.dll")).Writers,
        ];
        await group.Book.CommittedToEach(writers, 0);
        var (rounds, elections) = (trial.Rounds(100), 0L);
        for (var round = 1; round <= rounds; round++)
        {
            elections += await Exchange(group, next, writers) + await Exchange(group, earlier, writers);
        }

        elections += await Exchange(group, next, writers);
        await Raise(group, earlier, next, writers);
        return $"{await group.Check(group.Servers)}; {rounds + 1} upgrades and {rounds} downgrades of {Members} servers, {elections} "
            + "elections, at most one for each server; level raised; earlier program refused";
    }

    private static void Copy(string program, string to, bool hasNextLevel)
    {
        var from = Path.GetDirectoryName(program)!; // Justification: it is in a folder.
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // Justification: it is in a folder.
            File.Copy(file, copy);
        }

        var config = Path.Combine(to, $"{Path.GetFileNameWithoutExtension(program)}.runtimeconfig.json");
        var settings = JsonNode.Parse(File.ReadAllText(config))!; // Justification: the SDK writes both sections.
        settings["runtimeOptions"]!["configProperties"]![FormatRange.NextSwitch] = hasNextLevel;
        File.WriteAllText(config, settings.ToJsonString());
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
