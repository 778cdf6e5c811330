using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>
/// Programs and actors add to sums and read them, with and without request keys, on groups of three to five nodes that take snapshots. An
/// operator moves the leadership, and lets members leave and join. At times all of them are silent, so that the group becomes quiescent.
/// </summary>
internal static class SumsWorkload
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FaultsLast = TimeSpan.FromSeconds(20);

    private const string ActorName = "sums";

    // Few entries are kept, so a process that lags gets a snapshot.
    private const string Settings =
        """
        raft {
          snapshot { after-entries = 12, retained-entries = 4 }
          quiescence { enabled = on, after = 500ms }
          client.attempt-timeout = 100ms
        }
        """;

    /// <summary>Runs a seed.</summary>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static SimulationResult Run(long seed) => RaftSimulation.Run(seed, simulation => SetUp(seed, simulation));

    /// <summary>Runs a seed. If it fails, it is not run again with fewer faults.</summary>
    /// <exception cref="SimulationException">The seed fails.</exception>
    public static void RunOnce(long seed)
    {
        var simulation = RaftSimulation.Of(simulation => SetUp(seed, simulation));
        simulation.RunOnce(new World(seed), PlannedFault.Plan(seed, simulation.Kinds, simulation.NodeCount, simulation.Duration));
    }

    /// <summary>All callers are silent at this time.</summary>
    public static bool IsSilent(TimeSpan now) => now.Ticks % Period.Ticks < Silence.Ticks && now > Period;

    public static async Task AddAsync(SimulatedClient client, int count)
    {
        await using var sums = client.CreateClient<int, int>();
        for (var added = 0; added < count; added++)
        {
            await sums.AppendAsync("a", 1);
        }
    }

    private static void SetUp(long seed, RaftSimulation simulation)
    {
        SumsCalls calls = new();
        simulation
            .Nodes(3 + (int)(seed % 3))
            .Actor(() => seed % 2 == 0 ? new Sums(calls) : new JudgingSums(calls), ActorName)
            .Config(Settings)
            .For(FaultsLast)
            .Clients(4, client => client.Number == 0 ? OperateAsync(client) : UseAsync(client, calls))
            .Eventually("all nodes have the same sums", view =>
                view.Actors<Sums>().Count() == view.Nodes
                && view.Actors<Sums>().All(actor => actor.Added.SequenceEqual(view.Actor<Sums>(0)!.Added)))
            .Eventually("what callers were told to be committed is added", view => calls.AreAdded(view.Actor<Sums>(0)!.Added))
            .Eventually("callers were told the truth", view =>
            {
                calls.Check(view.Actor<Sums>(0)!.Added);
                return true;
            });
    }

    // A member that has left joins again before the next one leaves.
    private static async Task OperateAsync(SimulatedClient client)
    {
        await using var sums = client.CreateClient<int, int>();
        for (var count = 0; count < 6; count++)
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(3000)));
            if (client.Next(2) == 0)
            {
                await sums.TransferLeadershipAsync(timeout: ChangeTimeout);
                continue;
            }

            var name = NameOf(client.Next(3));
            await sums.LeaveAsync(name, timeout: ChangeTimeout);
            await JoinAsync(client, sums, name);
        }

        // A member may still leave after its join was refused, if the answer to its leaving was lost or late.
        await client.Delay(FaultsLast + ChangeTimeout - client.Now);
        for (var node = 0; node < 3; node++)
        {
            await JoinAsync(client, sums, NameOf(node));
        }
    }

    private static ProcessName NameOf(int node) => new($"{ActorName}@n{node + 1}");

    private static async Task JoinAsync(SimulatedClient client, RaftClient<int, int> sums, ProcessName name)
    {
        Outcome<Membership> joined;
        do
        {
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(1000)));
            joined = await sums.JoinAsync(name, timeout: ChangeTimeout);
        }
        while (joined is not (Outcome<Membership>.Done or Outcome<Membership>.NotCommitted { Reason: NotCommittedReason.Invalid }));
    }

    private static async Task UseAsync(SimulatedClient client, SumsCalls calls)
    {
        await using var sums = client.CreateClient<int, int>();
        List<Task> open = [];
        for (var count = 0; count < 80; count++)
        {
            open.Add(client.Next(4) == 0
                ? ReadAsync(client, sums, calls)
                : AddAsync(
                    client, sums, calls, AnyName(client), client.Next(2) == 0 ? 1 : 6, TimeSpan.FromMilliseconds(50 + client.Next(1500))));
            if (client.Next(4) == 0)
            {
                await Task.WhenAll(open);
                open.Clear();
            }

            do
            {
                await client.Delay(TimeSpan.FromMilliseconds(client.Next(100)));
            }
            while (IsSilent(client.Now));
        }

        await Task.WhenAll(open);

        // Ends only if the group still works.
        await AddAsync(client, sums, calls, SumsCalls.NeverDiscarded, int.MaxValue, TimeSpan.FromSeconds(1));
    }

    private static string AnyName(SimulatedClient client) => SumsCalls.NameOf(client.Next(3));

    private static async Task ReadAsync(SimulatedClient client, RaftClient<int, int> sums, SumsCalls calls)
    {
        var name = AnyName(client);
        var read = calls.BeginRead(client.Number, name);
        try
        {
            calls.EndRead(read, await sums.QueryAsync<int>(name));
        }
        catch (RaftException)
        {
            calls.EndRead(read, null);
        }
    }

    /// <param name="tries">More than one: with a request key, so that the call may be repeated.</param>
    private static async Task AddAsync(
        SimulatedClient client, RaftClient<int, int> sums, SumsCalls calls, string name, int tries, TimeSpan timeout)
    {
        var amount = calls.NextAmount();
        var key = tries > 1 ? (RequestKey?)$"{amount}" : null;
        calls.BeginAdd(client.Number, name, amount);
        var mayBeAdded = false;
        for (var tried = 0; tried < tries; tried++)
        {
            var outcome = await sums.AppendAsync(name, amount, timeout, requestKey: key);
            if (outcome is Outcome<int>.Done done)
            {
                calls.End(amount, calls.ResultOf(done));
                return;
            }

            mayBeAdded |= outcome is Outcome<int>.Unknown;
            await client.Delay(TimeSpan.FromMilliseconds(client.Next(50)));
        }

        if (!mayBeAdded)
        {
            calls.End(amount, null);
        }
    }
}
