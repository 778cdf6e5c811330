namespace RaftTrials.Trials;

/// <summary>Seven servers, some of which vote. Voters are killed, and others get their votes while clients write.</summary>
internal static class HealTrials
{
    private const int Servers = 7;
    private const int Writers = 4;

    /// <summary>
    /// The bound of docs/operations.md with the settings of the program: 10 s of silence, an election and a heartbeat; for each further
    /// server 2 s more. On a busy machine the clocks of the servers are late, so it is reported and not demanded.
    /// </summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(11);
    private static readonly TimeSpan BoundForAnother = TimeSpan.FromSeconds(2.1);

    /// <summary>Three vote. Four are killed one after the other, until three servers run. Then the four restart.</summary>
    public static Task<string> OneAfterAnother(Trial trial) =>
        Run(trial, voters: 3, atOnce: 1, times: Servers - 3, rounds: trial.Rounds(3));

    /// <summary>Five vote. Two are killed at once, and restarted when five vote again.</summary>
    public static Task<string> TwoAtOnce(Trial trial) => Run(trial, voters: 5, atOnce: 2, times: 1, rounds: trial.Rounds(6));

    private static async Task<string> Run(Trial trial, int voters, int atOnce, int times, int rounds)
    {
        var group = trial.Group(Servers);
        await group.StartAndElect();
        var load = group.Load("w", Writers, group.Servers);
        await group.Book.CommittedToEach(load.Writers, 0);
        await RaftTool.Demand(["members", "quorum", $"{voters}", "-S", Group.ListOf(group.Servers)]);
        var random = new Random(1);
        List<TimeSpan> healed = [], gaps = [];
        for (var round = 1; round <= rounds; round++)
        {
            var running = group.Servers.ToList();
            for (var time = 1; time <= times; time++)
            {
                var voting = await Group.Voters(running, voters);
                var victims = Victims(group, voting, atOnce, random);
                running.RemoveAll(victims.Contains);
                var killed = Stopwatch.GetTimestamp();
                healed.Add(await Heal(running, victims, killed));
                await Group.Voters(running, voters);
                await group.Book.Committed(20, Stopwatch.GetTimestamp());
                gaps.Add(Gaps.Longest(group.Book.Writes, killed, Stopwatch.GetTimestamp())!.Value);
            }

            await Restart([.. group.Servers.Except(running)]);
        }

        var bound = Bound + ((atOnce - 1) * BoundForAnother);
        return $"{await group.Check(group.Servers)}; {voters} of {Servers} vote, {atOnce} killed at once; {voters} vote again after "
            + $"{Gaps.Summary(healed)}, {healed.Count(time => time > bound)} above {Gaps.Text(bound)}; "
            + $"without any commit {Gaps.Summary(gaps)}; {group.Term} terms";
    }

    // The leader is among them one time in three.
    private static List<RaftServer> Victims(Group group, IReadOnlyList<RaftServer> voting, int count, Random random)
    {
        var leader = group.Elections.Latest!.Server;
        var followers = voting.Where(server => server != leader).ToArray();
        random.Shuffle(followers);
        return random.Next(3) == 0 && voting.Contains(leader) ? [leader, .. followers.Take(count - 1)] : [.. followers.Take(count)];
    }

    /// <returns>The time from the kill until a leader gave the last of the votes to another server.</returns>
    private static async Task<TimeSpan> Heal(IReadOnlyList<RaftServer> running, IReadOnlyList<RaftServer> victims, long killed)
    {
        var from = running.Select(server => server.Process.LineCount).ToList();
        foreach (var victim in victims)
        {
            victim.Kill();
        }

        var last = killed;
        foreach (var victim in victims)
        {
            var said = await Task.WhenAny(running.Select((server, place) => server.Process.Line(
                line => ServerLines.Replaced(line) == victim.Id, Guards.Wait, from[place])));
            var line = await said ?? throw new TrialFailure($"no leader has given the vote of {victim.Id} to another server");
            last = Math.Max(last, line.At);
        }

        return Stopwatch.GetElapsedTime(killed, last);
    }

    private static async Task Restart(IReadOnlyList<RaftServer> servers)
    {
        foreach (var server in servers)
        {
            server.Start();
        }

        foreach (var server in servers)
        {
            await server.Follows();
        }
    }
}
