namespace RaftTrials.Trials;

/// <summary>Adds and removes servers under load, one at a time, the leader too.</summary>
internal static class ChurnTrials
{
    private const int Servers = 5;
    private const int Founders = 3;
    private const int Fewest = 2;
    private const int Most = 4;
    private const int Writers = 5;

    /// <summary>
    /// Only the removal of a leader needs an election: one, or two if votes split. This many more terms are allowed for late heartbeats on
    /// a busy machine.
    /// </summary>
    private const int SpareTerms = 5;

    public static async Task<string> Members(Trial trial)
    {
        var group = trial.Group(Servers, Founders);
        await group.StartAndElect();
        var load = group.Load("w", Writers, group.Servers);
        var members = group.Servers.Take(Founders).ToList();
        await group.Book.Committed(100, 0);
        var random = new Random(1);
        var before = group.Term;
        var (leaders, restarts) = (0, 0);
        List<TimeSpan> changes = [], gaps = [];
        RaftServer? newcomer = null;

        // A server that was just added may not know all of it yet and may refuse, so it is not asked.
        RaftServer Asked()
        {
            var known = members.Where(member => member != newcomer).ToList();
            return known[random.Next(known.Count)];
        }

        for (var round = 1; round <= trial.Rounds(100); round++)
        {
            var started = Stopwatch.GetTimestamp();
            var isRemoval = members.Count == Most || (members.Count > Fewest && random.Next(2) == 0);
            if (isRemoval)
            {
                var leader = group.Elections.Latest!.Server;
                var server = random.Next(3) == 0 && members.Contains(leader) ? leader : members[random.Next(members.Count)];
                leaders += server == leader ? 1 : 0;
                members.Remove(server);
                await Change("remove", server, Asked(), round);
                newcomer = null;
                restarts += await MaybeRestart(server, random.Next(4)) ? 1 : 0;
            }
            else
            {
                var outside = group.Servers.Except(members).ToList();
                var server = outside[random.Next(outside.Count)];

                // It may have been restarted just now, and does not listen yet.
                await RaftTool.Until(["status", "-S", server.Id], run => run.Output.Count > 0);
                await Change("add", server, Asked(), round);
                newcomer = server;
                members.Add(server);
            }

            changes.Add(Stopwatch.GetElapsedTime(started));
            await group.Book.Committed(20, Stopwatch.GetTimestamp());
            gaps.Add(Gaps.Longest(group.Book.Writes, started, Stopwatch.GetTimestamp())!.Value);
        }

        await Group.MembersAre(members);
        var terms = group.Term - before;
        var found = await group.Check(members);
        var bound = (2 * leaders) + SpareTerms;
        return terms <= bound
            ? $"{found}; {changes.Count} changes, {leaders} of them removals of a leader, {restarts} restarts of removed servers, "
                + $"{terms} terms ({bound} at most); a change took {Gaps.Summary(changes)}; without any commit {Gaps.Summary(gaps)}"
            : throw new TrialFailure($"{terms} terms for {changes.Count} changes, {leaders} of them removals of a leader: {bound} at most");
    }

    // Even rounds use the verbs, odd rounds the short forms.
    private static Task Change(string verb, RaftServer server, RaftServer asked, int round) => RaftTool.Demand(round % 2 == 0
        ? ["members", verb, server.Id, "-S", asked.Id]
        : ["-C", $"{verb}server", "-m", server.Id, "-S", asked.Id]);

    /// <summary>Stops and restarts a removed server, or kills and restarts it, or does nothing.</summary>
    /// <returns>Whether it was restarted.</returns>
    private static async Task<bool> MaybeRestart(RaftServer server, int what)
    {
        switch (what)
        {
            case 0:
                await server.Stop();
                server.Start();
                return true;
            case 1:
                server.Kill();
                server.Start();
                return true;
            default:
                return false;
        }
    }
}
