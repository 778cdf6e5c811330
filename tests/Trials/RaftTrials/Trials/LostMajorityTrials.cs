using Akka.Actor;

using RaftTrials.Clients;

namespace RaftTrials.Trials;

/// <summary>
/// Three nodes have ten groups. Two nodes are lost for ever, and the steps of docs/how-to/lost-majority.md lead back to three nodes, of
/// which any one may be killed.
/// </summary>
internal static class LostMajorityTrials
{
    private const int Nodes = 3;
    private const int Pairs = 20;

    private static readonly string[] Groups = [.. Enumerable.Range(0, 10).Select(number => $"group-{number}")];

    public static async Task<string> Recover(Trial trial)
    {
        var (servers, _) = trial.Members(Nodes, Groups);
        var rounds = trial.Rounds(3);
        for (var round = 0; round < rounds; round++)
        {
            await Round(servers, survivor: round % Nodes);
        }

        return $"{rounds} times {Groups.Length} groups came back from one of {Nodes} nodes, with all of their pairs";
    }

    private static async Task Round(IReadOnlyList<RaftServer> servers, int survivor)
    {
        var (kept, lost) = (servers[survivor], servers.Where((_, place) => place != survivor).ToList());
        foreach (var server in servers)
        {
            server.Start();
        }

        using var system = ActorSystem.Create("clients", MemberCommand.Network(0));
        var clients = Groups.ToDictionary(group => group, group => Raft.Get(system).CreateClient<string, long>(
            group, [.. servers.Select(ContactOf)]));
        List<string> pairs = [.. Enumerable.Range(0, Pairs).Select(pair => $"pair-{pair}")];
        await Append(clients, pairs);
        await Whole(kept, members: Nodes);
        foreach (var server in lost)
        {
            server.Kill();
            await server.Process.Ended(Guards.Wait);
            server.Wipe();
        }

        // From here on, the steps of the page.
        await kept.Stop();
        await RaftTool.Demand(["recover", "--data", kept.Data, "--all", "--nodes", kept.NodeName, "--yes"]);
        kept.Start();
        await Whole(kept, members: 1);
        await Append(clients, ["alone"]);

        // The mistake that the page names: a node that starts as a founder. It may join with the store of that start.
        lost[0].Start();
        await Until(
            kept,
            $"status --group {Groups[0]}",
            run => run.Output.Any(line => line.Contains("raft.joining = on", StringComparison.Ordinal)));
        await lost[0].Stop();
        foreach (var server in lost)
        {
            server.Arguments = [.. server.Arguments, "--joining"];
            server.Start();
            await Until(kept, $"members add --all {server.NodeName}", run => run.Code == 0 && run.Output.Count == Groups.Length);
        }

        await Whole(kept, members: Nodes);
        await EachVotes(kept);
        await Append(clients, ["together"]);

        // The configuration of before the loss.
        foreach (var server in lost)
        {
            await server.Stop();
            server.Arguments = server.Arguments[..^1];
            server.Start();
            await Whole(kept, members: Nodes);
        }

        kept.Kill();
        await Append(clients, ["without the survivor"]);
        await Compare(clients, [.. pairs, "alone", "together", "without the survivor"]);
        await system.Terminate();
        kept.Start();
        await Whole(lost[0], members: Nodes);
        foreach (var server in servers)
        {
            await server.Stop();
            await server.Verify();
            server.Wipe();
        }
    }

    private static string ContactOf(RaftServer server) => $"trial@{server.NodeName}";

    // Each pair once: an Append without a definite outcome is repeated with its request key.
    private static Task Append(Dictionary<string, RaftClient<string, long>> clients, IReadOnlyList<string> pairs) =>
        Task.WhenAll(clients.Values.Select(async client =>
        {
            foreach (var pair in pairs)
            {
                await Poll.Until(
                    async () => await client.AppendAsync("key", pair, requestKey: pair) is { Failure: null },
                    () => $"{client.Group} does not commit '{pair}'");
            }
        }));

    private static Task Compare(Dictionary<string, RaftClient<string, long>> clients, IReadOnlyList<string> pairs) =>
        Task.WhenAll(clients.Values.Select(async client =>
        {
            List<string> found = [];
            await foreach (var entry in client.SubscribeAsync(new Serial(0)))
            {
                found.Add(entry.Value);
                if (found.Count == pairs.Count)
                {
                    break;
                }
            }

            TrialFailure.Unless(found.SequenceEqual(pairs), $"{client.Group} has {string.Join(", ", found)}");
        }));

    private static Task Whole(RaftServer asked, int members) => Until(asked, "top --count 1 --json", run =>
    {
        var groups = ObjectsOf(run, "group-sample").ToList();
        return groups.Count == Groups.Length && groups.TrueForAll(group =>
            group.TryGetProperty("leader", out _)
            && (Number(group, "members"), Number(group, "answered"), Number(group, "lag")) == (members, members, 0)
            && !group.GetProperty("problem").GetBoolean());
    });

    private static async Task EachVotes(RaftServer asked)
    {
        foreach (var group in Groups)
        {
            await Until(asked, $"status --group {group} --json", run =>
                ObjectsOf(run, "process").Count(process => process.GetProperty("votes").GetBoolean()) == Nodes);
        }
    }

    private static IEnumerable<JsonElement> ObjectsOf(Finished run, string kind) =>
        run.Json.Where(each => each.GetProperty("kind").GetString() == kind);

    private static long Number(JsonElement each, string name) => each.GetProperty(name).GetInt64();

    private static Task Until(RaftServer asked, string command, Func<Finished, bool> isIt) =>
        RaftTool.Until([.. command.Split(' '), "--contacts", ContactOf(asked)], isIt);
}
