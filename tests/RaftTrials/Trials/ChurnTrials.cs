using System.Diagnostics;

using RaftTrials.Check;
using RaftTrials.Servers;

namespace RaftTrials.Trials;

/// <summary>Servers come and go under load, one after the other, the leader too.</summary>
internal static class ChurnTrials
{
    private const int Servers = 5;
    private const int Founders = 3;
    private const int Fewest = 2;
    private const int Most = 4;
    private const int Writers = 5;

    /// <summary>
    /// Who is taken in or let go needs no election, but for a leader that goes: one, or two where votes are split. This many are for a
    /// machine that has better to do than to send heartbeats in time.
    /// </summary>
    private const int SpareTerms = 5;

    public static async Task<string> Members(Trial trial)
    {
        var group = trial.Group(Servers, Founders);
        group.StartAll();
        await group.Reigns.After(0, Guards.Line);
        var load = group.Load("w", Writers, group.Servers);
        var members = group.Servers.Take(Founders).ToList();
        await group.Journal.Committed(100, 0, Guards.Commits);
        var random = new Random(1);
        var before = group.Reigns.Latest!.Term;
        var (leaders, restarts) = (0, 0);
        List<TimeSpan> changes = [], gaps = [];
        RaftServer? newcomer = null;

        // Who was taken in a moment ago may not have heard of it, and refuses: which is said on the program's page.
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
                var leader = group.Reigns.Latest!.Server;
                var server = random.Next(3) == 0 && members.Contains(leader) ? leader : members[random.Next(members.Count)];
                leaders += server == leader ? 1 : 0;
                members.Remove(server);
                await Change("remove", server, Asked(), round);
                newcomer = null;
                restarts += await Rest(server, random.Next(4)) ? 1 : 0;
            }
            else
            {
                var outside = group.Servers.Except(members).ToList();
                var server = outside[random.Next(outside.Count)];
                await Change("add", server, Asked(), round);
                newcomer = server;
                members.Add(server);
            }

            changes.Add(Stopwatch.GetElapsedTime(started));
            var now = Stopwatch.GetTimestamp();
            await group.Journal.Committed(20, now, Guards.Commits);
            gaps.Add(Gaps.Longest(group.Journal.Attempts, started, Stopwatch.GetTimestamp())!.Value);
        }

        await group.MembersAre(members);
        var terms = group.Reigns.Latest!.Term - before;
        var found = await group.Check(members);
        var bound = (2 * leaders) + SpareTerms;
        return terms <= bound
            ? $"{found}; {changes.Count} changes, {leaders} of them the leader's removal, {restarts} removed ones restarted, {terms} terms "
                + $"({bound} at most); a change took {Gaps.Summary(changes)}; nothing was committed for {Gaps.Summary(gaps)}"
            : throw new TrialFailure($"{terms} terms for {changes.Count} changes, {leaders} of them the leader's removal: {bound} at most");
    }

    // As people write it today, and as the program that it follows had it.
    private static async Task Change(string verb, RaftServer server, RaftServer asked, int round)
    {
        var done = round % 2 == 0
            ? await RaftProgram.Run(Host.Here, "members", verb, server.Id, "-S", asked.Id, "--timeout", "20")
            : await RaftProgram.Run(Host.Here, "-C", $"{verb}server", "-m", server.Id, "-S", asked.Id);
        if (done.Code != 0)
        {
            throw new TrialFailure($"change {round}, {verb} {server.Id}, asked of {asked.Id}: {done}");
        }
    }

    /// <summary>A removed server runs on, or is stopped and started again, or killed and started again.</summary>
    /// <returns>Whether it was started again.</returns>
    private static async Task<bool> Rest(RaftServer server, int what)
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
