using System.Diagnostics;

using RaftTrials.Check;
using RaftTrials.Load;
using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>Three servers on one machine: kills, lost disks and frozen processes.</summary>
internal static class KillTrials
{
    private const int Writers = 3;

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(2);

    /// <summary>Kills the leader, and restarts it when another server leads.</summary>
    public static async Task<string> Leader(Trial trial)
    {
        var (group, load) = await Started(trial);
        var outages = new Outages();
        for (var round = 1; round <= trial.Rounds(50); round++)
        {
            var election = group.Elections.Latest!;
            var killed = Stopwatch.GetTimestamp();
            election.Server.Kill();
            var next = await group.Elections.After(election.Term, Guards.Wait);
            var others = load.Alone.Where((_, place) => group.Servers[place] != election.Server);
            await group.Journal.CommittedToEach([.. load.Writers, .. others], next.At, Guards.Wait);
            var served = Stopwatch.GetTimestamp();
            election.Server.Start();
            await election.Server.Follows();
            await group.Journal.CommittedToEach([.. load.Writers, .. load.Alone], Stopwatch.GetTimestamp(), Guards.Wait);
            outages.Add(group.Journal.Attempts, killed, next.At, served);
        }

        var terms = group.Elections.Latest!.Term;
        return $"{await group.Check(group.Servers)}; {outages}; {terms} terms";
    }

    /// <summary>Kills all servers at once and restarts them.</summary>
    public static async Task<string> All(Trial trial)
    {
        var (group, load) = await Started(trial);
        List<TimeSpan> outages = [];
        for (var round = 1; round <= trial.Rounds(20); round++)
        {
            await Task.WhenAll(group.Servers.Select(server => Task.Run(server.Kill)));
            var started = Stopwatch.GetTimestamp();
            group.StartAll();
            await group.Journal.CommittedToEach([.. load.Writers, .. load.Alone], started, Guards.Wait);
            outages.Add(Gaps.Longest(group.Journal.Attempts, started, Stopwatch.GetTimestamp())!.Value);
        }

        return $"{await group.Check(group.Servers)}; from the kill to the next committed answer {Gaps.Summary(outages)}";
    }

    /// <summary>Restarts a server with an empty disk: in turn a follower and the leader.</summary>
    public static async Task<string> Wipe(Trial trial)
    {
        var (group, load) = await Started(trial);
        for (var round = 1; round <= trial.Rounds(4); round++)
        {
            var leader = group.Elections.Latest!;
            var server = round % 2 == 0 ? leader.Server : group.Servers.First(server => server != leader.Server);
            server.Kill();
            server.Wipe();
            var since = server == leader.Server ? (await group.Elections.After(leader.Term, Guards.Wait)).At : Stopwatch.GetTimestamp();
            await group.Journal.CommittedToEach(load.Writers, since, Guards.Wait);
            server.Start();
            await server.Follows();
            await Group.VotesAgain(server);
        }

        return await group.Check(group.Servers);
    }

    /// <summary>Freezes the leader for two seconds.</summary>
    public static async Task<string> Freeze(Trial trial)
    {
        var (group, load) = await Started(trial);
        List<TimeSpan> failovers = [];
        for (var round = 1; round <= trial.Rounds(10); round++)
        {
            failovers.Add(await FreezeLeader(group, [.. load.Writers, .. load.Alone]));
        }

        return $"{await group.Check(group.Servers)}; next leader after {Gaps.Summary(failovers)}; {group.Elections.Latest!.Term} terms";
    }

    /// <returns>The time until another server led.</returns>
    public static async Task<TimeSpan> FreezeLeader(Group group, IReadOnlyList<string> writers)
    {
        var election = group.Elections.Latest!;
        var frozen = Stopwatch.GetTimestamp();
        election.Server.Process.Send(Signal.Stop);
        var thaw = Task.Delay(Frozen);
        var next = await group.Elections.After(election.Term, Guards.Wait);
        await thaw;
        var from = election.Server.Process.LineCount;
        election.Server.Process.Send(Signal.Continue);
        await election.Server.Says(line => ServerLines.Leads(line) >= next.Term, $"who leads in term {next.Term}", from);
        await group.Journal.CommittedToEach(writers, Stopwatch.GetTimestamp(), Guards.Wait);
        return Stopwatch.GetElapsedTime(frozen, next.At);
    }

    private static async Task<(Group Group, LoadProcess Load)> Started(Trial trial)
    {
        var group = trial.Group(3);
        group.StartAll();
        await group.Elections.After(0, Guards.Wait);
        var load = group.Load("w", Writers, group.Servers, alone: true);
        await group.Journal.CommittedToEach([.. load.Writers, .. load.Alone], 0, Guards.Wait);
        return (group, load);
    }
}
