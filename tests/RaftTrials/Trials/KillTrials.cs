using System.Diagnostics;

using RaftTrials.Check;
using RaftTrials.Load;
using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>Three servers on one machine, of which some are killed, lose their disks, or stand still.</summary>
internal static class KillTrials
{
    private const int Writers = 3;

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(2);

    /// <summary>Whoever leads is killed, and started again when another one leads.</summary>
    public static async Task<string> Leader(Trial trial)
    {
        var (group, load) = await Started(trial);
        var outages = new Outages();
        for (var round = 1; round <= trial.Rounds(50); round++)
        {
            var reign = group.Reigns.Latest!;
            var killed = Stopwatch.GetTimestamp();
            reign.Server.Kill();
            var next = await group.Reigns.After(reign.Term, Guards.Line);
            var others = load.Alone.Where((_, place) => group.Servers[place] != reign.Server);
            await group.Journal.CommittedToEach([.. load.Writers, .. others], next.At, Guards.Commits);
            var served = Stopwatch.GetTimestamp();
            reign.Server.Start();
            await reign.Server.Follows();
            await group.Journal.CommittedToEach([.. load.Writers, .. load.Alone], Stopwatch.GetTimestamp(), Guards.Commits);
            outages.Add(group.Journal.Attempts, reign.Server.Id, killed, next.At, served);
        }

        var terms = group.Reigns.Latest!.Term;
        return $"{await group.Check(group.Servers)}; {outages}; {terms} terms";
    }

    /// <summary>All at once, again and again.</summary>
    public static async Task<string> All(Trial trial)
    {
        var (group, load) = await Started(trial);
        List<TimeSpan> outages = [];
        for (var round = 1; round <= trial.Rounds(20); round++)
        {
            await Task.WhenAll(group.Servers.Select(server => Task.Run(server.Kill)));
            var started = Stopwatch.GetTimestamp();
            group.StartAll();
            await group.Journal.CommittedToEach([.. load.Writers, .. load.Alone], started, Guards.Commits);
            outages.Add(Gaps.Longest(group.Journal.Attempts, started, Stopwatch.GetTimestamp())!.Value);
        }

        return $"{await group.Check(group.Servers)}; from the kill to the next committed answer {Gaps.Summary(outages)}";
    }

    /// <summary>A server comes back with an empty disk: first one that follows, then one that leads.</summary>
    public static async Task<string> Wipe(Trial trial)
    {
        var (group, load) = await Started(trial);
        for (var round = 1; round <= trial.Rounds(4); round++)
        {
            var leader = group.Reigns.Latest!;
            var server = round % 2 == 0 ? leader.Server : group.Servers.First(server => server != leader.Server);
            server.Kill();
            server.Wipe();
            var since = server == leader.Server ? (await group.Reigns.After(leader.Term, Guards.Line)).At : Stopwatch.GetTimestamp();
            await group.Journal.CommittedToEach(load.Writers, since, Guards.Commits);
            server.Start();
            await server.Follows();
            await Group.VotesAgain(server);
        }

        return await group.Check(group.Servers);
    }

    /// <summary>The leader stands still for two seconds, and then goes on as if nothing had happened.</summary>
    public static async Task<string> Freeze(Trial trial)
    {
        var (group, load) = await Started(trial);
        List<TimeSpan> failovers = [];
        for (var round = 1; round <= trial.Rounds(10); round++)
        {
            failovers.Add(await FreezeLeader(group, [.. load.Writers, .. load.Alone]));
        }

        return $"{await group.Check(group.Servers)}; another leads after {Gaps.Summary(failovers)}; {group.Reigns.Latest!.Term} terms";
    }

    /// <returns>How long it took until another one led.</returns>
    public static async Task<TimeSpan> FreezeLeader(Group group, IReadOnlyList<string> writers)
    {
        var reign = group.Reigns.Latest!;
        var frozen = Stopwatch.GetTimestamp();
        reign.Server.Life.Send(Signal.Stop);
        var thaw = Task.Delay(Frozen);
        var next = await group.Reigns.After(reign.Term, Guards.Line);
        await thaw;
        var from = reign.Server.Life.LineCount;
        reign.Server.Life.Send(Signal.Continue);
        await reign.Server.Says(line => ServerLines.Leads(line) >= next.Term, $"that it leads no more since term {next.Term}", from);
        await group.Journal.CommittedToEach(writers, Stopwatch.GetTimestamp(), Guards.Commits);
        return Stopwatch.GetElapsedTime(frozen, next.At);
    }

    private static async Task<(Group Group, LoadProcess Load)> Started(Trial trial)
    {
        var group = trial.Group(3);
        group.StartAll();
        await group.Reigns.After(0, Guards.Line);
        var load = group.Load("w", Writers, group.Servers, alone: true);
        await group.Journal.CommittedToEach([.. load.Writers, .. load.Alone], 0, Guards.Commits);
        return (group, load);
    }
}
