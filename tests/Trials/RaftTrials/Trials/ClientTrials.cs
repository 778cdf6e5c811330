using Akka.Actor;

using RaftTrials.Clients;

namespace RaftTrials.Trials;

/// <summary>Clients in a process that is no member, and three nodes with an actor of a user. This process holds the clients.</summary>
internal static class ClientTrials
{
    private const int Members = 3;
    private const int UsualSeconds = 300;

    /// <summary>Kills the leader every three to five seconds, and restarts it.</summary>
    public static async Task<string> KillLeader(Trial trial)
    {
        var (servers, elections) = trial.Members(Members);
        foreach (var server in servers)
        {
            server.Start();
        }

        await elections.After(0);
        using var system = ActorSystem.Create("clients", MemberCommand.Network(0));
        var book = new CallBook();
        var load = new ClientLoad(system, [.. servers.Select(server => $"trial@127.0.0.1{server.Id}")], book);
        using CancellationTokenSource stop = new();
        var calls = load.Run(stop.Token);
        var subscriptions = load.Subscribe();
        var kills = await Kill(elections, trial.Seconds(UsualSeconds));
        await stop.CancelAsync();
        await Ended(calls, "calls");
        var last = await load.AppendLast();
        await Ended(subscriptions, "subscriptions");
        await system.Terminate();
        var copies = await Copies(trial, servers, last);
        CallCheck.Demand(book, copies);
        return $"{kills} kills of the leader; {book}; {last} in the log";
    }

    private static async Task<int> Kill(Elections elections, TimeSpan time)
    {
        var (random, started, kills) = (new Random(1), Stopwatch.GetTimestamp(), 0);
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            await Task.Delay(random.Next(3000, 5000));
            var election = elections.Latest!;
            election.Server.Kill();
            kills++;

            // Some servers restart before the others have elected the next leader.
            await Task.Delay(random.Next(1500));
            election.Server.Start();
            await elections.After(election.Term);
        }

        return kills;
    }

    private static async Task Ended(Task calls, string what)
    {
        try
        {
            await calls.WaitAsync(Guards.Wait);
        }
        catch (TimeoutException)
        {
            throw new TrialFailure($"some {what} have not ended after {Guards.Wait.TotalSeconds} s without faults");
        }
        catch (Exception e) when (e is not TrialFailure)
        {
            throw new TrialFailure($"one of the {what} threw {e}");
        }
    }

    private static async Task<IReadOnlyList<Copy>> Copies(Trial trial, IReadOnlyList<RaftServer> servers, long last)
    {
        List<Copy> copies = [];
        foreach (var (place, server) in servers.Index())
        {
            var path = Path.Combine(trial.Work, $"log{place + 1}");
            server.Process.Tell($"{last} {path}");
            await server.Says(line => line.Text.EndsWith($"wrote {path}", StringComparison.Ordinal), $"its log up to {last}");
            List<Change> log = [.. (await File.ReadAllLinesAsync(path)).Select(Change.Parse)];
            var (index, hole) = log.Index().FirstOrDefault(pair => pair.Item.Serial != pair.Index + 1);
            TrialFailure.IfAny(hole, pair => $"'{pair}' is at place {index + 1} of {server.Id}");
            copies.Add(new(server.Id, new() { [ClientLoad.LogKey] = log }));
        }

        // None stops before all have the log: the last one may still need a majority.
        foreach (var server in servers)
        {
            await server.Stop();
            await server.Verify();
        }

        return copies;
    }
}
