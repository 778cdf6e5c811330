using RaftTrials.Load;

namespace RaftTrials.Trials;

/// <summary>Five servers in a network namespace each. Each has its own clients in the same namespace, which ask it alone.</summary>
internal static class SplitTrials
{
    private const int Servers = 5;
    private const int Writers = 2;

    /// <summary>Time limit of a client. It is short, because the minority of a split gives no answer.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(2);

    /// <summary>Duration of a network fault.</summary>
    private static readonly TimeSpan Bad = TimeSpan.FromSeconds(15);

    /// <summary>Splits the leader and one more server from the other three.</summary>
    public static async Task<string> Halves(Trial trial)
    {
        var (group, network, loads) = await Started(trial);
        List<TimeSpan> elections = [], serving = [];
        var others = 0;
        for (var round = 1; round <= trial.Rounds(5); round++)
        {
            var election = group.Elections.Latest!;
            var leader = group.Servers.IndexOf(election.Server);
            int[] few = [leader, (leader + round) % Servers == leader ? (leader + 1) % Servers : (leader + round) % Servers];
            int[] many = [.. Enumerable.Range(0, Servers).Except(few)];
            network.Rule(Rules.Split([.. few.Select(NumberOf)], [.. many.Select(NumberOf)]));
            var cut = Stopwatch.GetTimestamp();
            var next = await group.Elections.After(election.Term);
            TrialFailure.Unless(!few.Contains(group.Servers.IndexOf(next.Server)), $"{next.Server.Id} was elected by two of five");
            elections.Add(Stopwatch.GetElapsedTime(cut, next.At));
            await group.Book.CommittedToEach(WritersOf(loads, many), next.At);
            await group.Book.AnsweredToEach(WritersOf(loads, few), next.At);
            var healed = Stopwatch.GetTimestamp();
            var fewWriters = WritersOf(loads, few);
            var answers = group.Book.EndedSince(cut).Where(call => fewWriters.Contains(call.Client) && call.Ended < healed).ToList();
            TrialFailure.IfAny(
                answers.Find(call => call.End == WriteEnd.Committed), call => $"two of five servers committed a message: {call}");
            others += answers.Count;
            network.Rule(new());
            await group.Book.CommittedToEach(fewWriters, healed);
            serving.AddRange(group.Book.Writes.Where(call => call.End == WriteEnd.Committed && call.Ended > healed)
                .Where(call => fewWriters.Contains(call.Client)).GroupBy(call => call.Client)
                .Select(calls => Stopwatch.GetElapsedTime(healed, calls.Min(call => call.Ended))));
            await group.Book.CommittedToEach(WritersOf(loads, many), healed);
        }

        return $"{await group.Check(group.Servers)}; three of five elect after {Gaps.Summary(elections)}; none of {others} answers to "
            + $"clients of the two said committed; after the healing each was served again within {Gaps.Summary(serving)}; "
            + $"{group.Term} terms";
    }

    /// <summary>Cuts one direction: to the leader, from the leader to a follower, from a follower to the leader, from the leader.</summary>
    public static async Task<string> OneWay(Trial trial)
    {
        var (group, network, loads) = await Started(trial);
        List<string> found = [];
        for (var round = 1; round <= trial.Rounds(2); round++)
        {
            found.Add($"leader deaf: {await Cut(leader => Others(leader).Select(other => (other, leader)), isLeaderLost: true)}");
            found.Add($"follower deaf: {await Cut(leader => [(leader, Others(leader).First())], isLeaderLost: false)}");
            found.Add($"follower mute: {await Cut(leader => [(Others(leader).Last(), leader)], isLeaderLost: false)}");
            found.Add($"leader mute: {await Cut(leader => Others(leader).Select(other => (leader, other)), isLeaderLost: true)}");
        }

        return $"{await group.Check(group.Servers)}; {string.Join(", ", found)}; {group.Term} terms";

        static IEnumerable<int> Others(int server) => Enumerable.Range(0, Servers).Where(other => other != server);

        async Task<string> Cut(Func<int, IEnumerable<(int From, int To)>> links, bool isLeaderLost)
        {
            var election = group.Elections.Latest!;
            var leader = group.Servers.IndexOf(election.Server);
            var dropped = links(leader).ToList();
            var cut = Stopwatch.GetTimestamp();
            network.Rule(new Rules([.. dropped.Select(link => (NumberOf(link.From), NumberOf(link.To)))]));
            if (isLeaderLost)
            {
                cut = (await group.Elections.After(election.Term)).At;
            }

            // Servers with both directions to a majority must serve their clients.
            var isolated = isLeaderLost ? [leader] : dropped.Select(link => link.From == leader ? link.To : link.From).ToArray();
            var served = Enumerable.Range(0, Servers).Except(isolated);
            await group.Book.CommittedToEach(WritersOf(loads, served), cut);
            await Task.Delay(Bad / 3);
            network.Rule(new());
            await group.Book.CommittedToEach(WritersOf(loads, Enumerable.Range(0, Servers)), Stopwatch.GetTimestamp());
            return $"{group.Term - election.Term} terms";
        }
    }

    /// <summary>
    /// Loses every fifth packet, and repeats every tenth. Commits are not required meanwhile, but every answer must be right.
    /// </summary>
    public static Task<string> Loss(Trial trial) => While(trial, new Rules(Loss: 0.2, Repeated: 0.1), "20 % loss and 10 % repeats");

    /// <summary>Delays packets by 70 to 130 ms, and reorders them.</summary>
    public static Task<string> Delay(Trial trial) =>
        While(trial, new Rules(DelayMs: 100, JitterMs: 30), "100 ms of delay, 30 ms of jitter");

    /// <summary>Freezes the leader, but neither its clients nor its network.</summary>
    public static async Task<string> Freeze(Trial trial)
    {
        var (group, _, loads) = await Started(trial);
        return await KillTrials.Freeze(group, WritersOf(loads, Enumerable.Range(0, Servers)), trial.Rounds(5));
    }

    private static async Task<string> While(Trial trial, Rules rules, string what)
    {
        var (group, network, loads) = await Started(trial);
        var (term, from) = (group.Term, Stopwatch.GetTimestamp());
        network.Rule(rules);
        await Task.Delay(Bad);
        var to = Stopwatch.GetTimestamp();
        network.Rule(new());
        await group.Book.CommittedToEach(WritersOf(loads, Enumerable.Range(0, Servers)), to);
        var healed = Stopwatch.GetElapsedTime(to);
        CallBook during = new();
        group.Book.Writes.Where(call => call.Ended > from && call.Ended < to).ToList().ForEach(during.Add);
        var terms = group.Term - term;
        return $"{await group.Check(group.Servers)}; in {Bad.TotalSeconds} s of {what} "
            + $"{during.Counts}, {terms} terms; after it all were served within {Gaps.Text(healed)}";
    }

    private static async Task<(Group Group, Network Network, IReadOnlyList<LoadProcess> Loads)> Started(Trial trial)
    {
        var (group, network) = await trial.GroupOnNetwork(Servers);
        await group.StartAndElect();
        var loads = group.Servers
            .Select((server, place) => group.Load($"w{NumberOf(place)}.", Writers, [server], timeout: WaitMax)).ToList();
        await group.Book.CommittedToEach(WritersOf(loads, Enumerable.Range(0, Servers)), 0);
        return (group, network, loads);
    }

    private static List<string> WritersOf(IReadOnlyList<LoadProcess> loads, IEnumerable<int> servers) =>
        [.. servers.SelectMany(server => loads[server].Writers)];

    // Host number on the switch.
    private static int NumberOf(int place) => place + 1;
}
