using RaftTrials.Clients;
using RaftTrials.Load;

namespace RaftTrials.Trials;

/// <summary>
/// The program of docs/how-to/change-the-logic.md takes the place of the former one, node after node, while callers append. With its logic
/// version the nodes agree. Without, their digests differ, and the nodes say so.
/// </summary>
internal static class RollingTrials
{
    private const int Nodes = 3;

    // Actors compare their digests at each multiple.
    private const int PairsOfDigest = 4096;

    public static async Task<string> Change(Trial trial) => $"{await WithVersion(trial)}; {await Careless(trial)}";

    private static async Task<string> WithVersion(Trial trial)
    {
        var servers = Start(trial);
        await using var connection = Connect(servers);
        var client = connection.CreateClient<decimal, decimal>("default");
        await using var load = new PurseLoad(client);
        load.Start();
        foreach (var server in servers)
        {
            await load.Until(load.Floor + 1);
            await server.Stop();
            Run(server, UserPrograms.Changed);
            await CaughtUp(client, server, load);
        }

        await Until(client, all => all.All(status => status.LogicVersion == 2), "have logic version 2");

        // At a multiple all have compared a digest of pairs of the changed rule.
        await load.Until(NextDigest(load.Floor) + 1);
        await load.Stop();
        var last = (await Until(client, all => all.All(status => status.Delivered == all.Max(one => one.Committed)), "have all pairs"))[0]
            .Delivered.Value;
        var (balance, firstChanged) = await load.Explain(last);
        var answers = await Task.WhenAll(servers.Select(server => Ask(server, last)));
        TrialFailure.Unless(
            answers.All(answer => answer == $"{last} {balance}"),
            $"the nodes have the balances '{string.Join("', '", answers)}', and the log gives '{last} {balance}'");
        await Until(client, all => all.All(status => status.DivergedAt is null), "have equal digests");
        await Task.WhenAll(servers.Select(server => server.Stop()));
        return $"{load.Counts} while {Nodes} programs were exchanged; version 2 from serial {firstChanged} on, and no difference";
    }

    private static async Task<string> Careless(Trial trial)
    {
        var servers = Start(trial);
        await using var connection = Connect(servers);
        var client = connection.CreateClient<decimal, decimal>("default");
        await using var load = new PurseLoad(client);
        load.Start();
        await load.Until(1);
        var changed = servers[0];
        await changed.Stop();
        Run(changed, UserPrograms.Careless);
        var limit = NextDigest(await CaughtUp(client, changed, load));
        // The replay of the changed node differs from its first pair on. Each node tells the difference that it has found first. One that
        // is met after the replay has only the latest digest, and finds the next difference.
        var told = (await Until(client, all => all.All(status => status.DivergedAt is not null), "know of the drift"))
            .Select(status => status.DivergedAt!).Distinct().ToList(); // Justification: the condition.
        TrialFailure.Unless(
            told.TrueForAll(found => found is { HasMajority: true, Sides: [[_, _], [var wrong]] }
                && wrong.Node == changed.NodeName && found.Serials.Last.Value <= limit + PairsOfDigest),
            $"{changed.Id} has another rule, which shows up to serial {limit}, and the nodes say: {string.Join(" / ", told)}");

        // The remedy of the page.
        await changed.Stop();
        changed.Wipe();
        Run(changed, UserPrograms.Former);
        await Until(client, all => all.All(status => status.DivergedAt is null), "agree again");
        await load.Stop();
        await Task.WhenAll(servers.Select(server => server.Stop()));
        return $"without a version {Nodes} nodes reported the drift of serials {told[0].Serials}, until the wrong one had an empty store";
    }

    // The nodes run the former program, with empty stores.
    private static IReadOnlyList<RaftServer> Start(Trial trial)
    {
        var (servers, _) = trial.Members(Nodes);
        foreach (var server in servers)
        {
            if (Directory.Exists(server.Data))
            {
                server.Wipe();
            }

            Run(server, UserPrograms.Former);
        }

        return servers;
    }

    private static void Run(RaftServer server, string program)
    {
        server.Arguments = [.. server.Arguments.TakeWhile(word => word != "--program"), "--program", program];
        server.Start();
    }

    private static RaftConnection Connect(IReadOnlyList<RaftServer> servers) => new([.. servers.Select(server => server.NodeName)]);

    private static long NextDigest(long serial) => ((serial / PairsOfDigest) + 1) * PairsOfDigest;

    /// <summary>Waits until all nodes answer, and what they say is as wanted.</summary>
    private static async Task<IReadOnlyList<RaftStatus>> Until(
        RaftClient client, Func<IReadOnlyList<RaftStatus>, bool> isIt, string what)
    {
        GroupStatus? status = null;
        await Poll.Until(
            async () => (status = await client.StatusAsync()).Processes is { Length: Nodes } all && isIt(all),
            () => $"not all nodes {what}: {status}");
        return status!.Processes; // Justification: the condition was asked.
    }

    /// <summary>Waits until a node has a pair that was appended after this call.</summary>
    /// <returns>The serial that it has.</returns>
    private static async Task<long> CaughtUp(RaftClient client, RaftServer server, PurseLoad load)
    {
        var floor = load.Floor;
        RaftStatus Of(IEnumerable<RaftStatus> all) => all.Single(status => status.Name.Node == server.NodeName);
        return Of(await Until(client, all => Of(all).Delivered.Value > floor, $"have caught up with {floor}")).Delivered.Value;
    }

    /// <summary>Asks the purse on a node itself.</summary>
    /// <returns>The serial of the state, and the balance.</returns>
    private static async Task<string> Ask(RaftServer server, long serial)
    {
        server.Process.Tell($"{serial}");
        var line = await server.Says(line => line.Text.Contains(MemberCommand.BalancePrefix), "its balance");
        return line.Text[(line.Text.IndexOf(MemberCommand.BalancePrefix) + MemberCommand.BalancePrefix.Length)..];
    }
}
