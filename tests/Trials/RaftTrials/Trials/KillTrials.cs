using RaftTrials.Load;

namespace RaftTrials.Trials;

/// <summary>Three servers on one machine: kills, lost disks and frozen processes.</summary>
internal static class KillTrials
{
    private const int Writers = 3;

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(2);

    /// <summary>The slowest writer commits so long after the first, at most. A client that lost its answer tries again after 4 s.</summary>
    private static readonly TimeSpan LaterMax = TimeSpan.FromSeconds(2);

    /// <summary>Kills the leader, and restarts it when another server leads.</summary>
    public static async Task<string> Leader(Trial trial)
    {
        var (group, load) = await Started(trial);
        List<TimeSpan> elections = [], forAll = [], forOne = [];
        for (var round = 1; round <= trial.Rounds(50); round++)
        {
            var election = group.Elections.Latest!;
            var killed = Stopwatch.GetTimestamp();
            election.Server.Kill();
            var next = await group.Elections.After(election.Term);
            var others = load.Alone.Where((_, place) => group.Servers[place] != election.Server);
            await group.Book.CommittedToEach([.. load.Writers, .. others], next.At);
            var served = Stopwatch.GetTimestamp();
            election.Server.Start();
            await election.Server.Follows();
            await group.Book.CommittedToEach(load.All, Stopwatch.GetTimestamp());
            var writes = group.Book.Writes;
            elections.Add(Stopwatch.GetElapsedTime(killed, next.At));
            forAll.AddRange(Gaps.OfEach(writes, _ => "", killed, served));
            forOne.AddRange(Gaps.OfEach(writes, call => call.Client, killed, served));
        }

        var found = $"{await group.Check(group.Servers)}; from the kill to the next leader {Gaps.Summary(elections)}; without any commit "
            + $"{Gaps.Summary(forAll)}; without a commit for one writer {Gaps.Summary(forOne)}; {group.Term} terms";
        var later = forOne.Max() - forAll.Max();
        TrialFailure.Unless(later <= LaterMax, $"one writer was without a commit for {Gaps.Text(later)} longer than all: {found}");
        return found;
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
            await group.Book.CommittedToEach(load.All, started);
            outages.Add(Gaps.Longest(group.Book.Writes, started)!.Value);
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
            var since = server == leader.Server ? (await group.Elections.After(leader.Term)).At : Stopwatch.GetTimestamp();
            await group.Book.CommittedToEach(load.Writers, since);
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
        return await Freeze(group, load.All, trial.Rounds(10));
    }

    /// <summary>Freezes the leader again and again, until another server leads and for two seconds at least.</summary>
    public static async Task<string> Freeze(Group group, IReadOnlyList<string> writers, int rounds)
    {
        List<TimeSpan> failovers = [];
        for (var round = 1; round <= rounds; round++)
        {
            var election = group.Elections.Latest!;
            var frozen = Stopwatch.GetTimestamp();
            election.Server.Process.Send(Signal.Stop);
            var thaw = Task.Delay(Frozen);
            var next = await group.Elections.After(election.Term);
            await thaw;
            var from = election.Server.Process.LineCount;
            election.Server.Process.Send(Signal.Continue);
            await election.Server.Says(line => ServerLines.Leads(line) >= next.Term, $"who leads in term {next.Term}", from);
            await group.Book.CommittedToEach(writers, Stopwatch.GetTimestamp());
            failovers.Add(Stopwatch.GetElapsedTime(frozen, next.At));
        }

        return $"{await group.Check(group.Servers)}; next leader after {Gaps.Summary(failovers)}; {group.Term} terms";
    }

    private static async Task<(Group Group, LoadProcess Load)> Started(Trial trial)
    {
        var group = trial.Group(3);
        await group.StartAndElect();
        var load = group.Load("w", Writers, group.Servers, alone: true);
        await group.Book.CommittedToEach(load.All, 0);
        return (group, load);
    }
}
