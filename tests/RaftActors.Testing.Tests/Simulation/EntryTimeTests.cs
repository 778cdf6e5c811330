namespace RaftActors.Testing.Tests.Simulation;

/// <summary>The time of a pair, while clocks differ and jump, and nodes crash and get snapshots.</summary>
public sealed class EntryTimeTests
{
    private const int Pairs = 60;

    // Few entries are kept, so that nodes start from snapshots.
    private const string Settings = "raft.snapshot { after-entries = 12, retained-entries = 4 }";

    public static IEnumerable<object[]> Seeds => RaftSimulation.Seeds(Share.Of(test: 1, ci: 3, whole: 3));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Pairs_have_one_time_on_all_nodes_and_in_each_life_and_it_never_falls(long seed)
    {
        List<DateTimeOffset> fetched = [];
        IReadOnlyList<DateTimeOffset> handled = [];

        RaftSimulation.Run(seed, simulation =>
        {
            List<DateTimeOffset> own = fetched = [];
            simulation
                .Actor(_ => new Timed())
                .Config(Settings)
                .Faults(SimulationFaults.ClockSteps | SimulationFaults.Crashes)
                .Clients(1, client => AppendAsync(client, own))
                .Eventually("all nodes have the same times", view =>
                {
                    handled = view.Actor<Timed>(0)?.Times.ToList() ?? [];
                    return view.Actors<Timed>().Count() == view.Nodes
                        && view.Actors<Timed>().All(actor => actor.Times.SequenceEqual(handled));
                });
        });

        Assert.InRange(handled.Count, Pairs, 2 * Pairs);
        Assert.Equal(handled.Order(), handled);
        Assert.InRange(handled[0].Year, 1999, 2000);
        Assert.Equal(handled.Take(fetched.Count), fetched);
    }

    private static async Task AppendAsync(SimulatedClient client, List<DateTimeOffset> fetched)
    {
        await using var timed = client.CreateClient<int, long>();
        for (var pair = 1; pair <= Pairs; pair++)
        {
            // A crash of the leader may outlast the timeout of an Append.
            while (!(await timed.AppendAsync("a", pair)).HasResult)
            {
            }

            await client.Delay(TimeSpan.FromMilliseconds(client.Next(500)));
            if (fetched.Count == pair - 1 && (await timed.GetAsync(new Serial(pair))).ResultOr(null) is { } entry)
            {
                fetched.Add(entry.Time);
            }
        }
    }

    private sealed class Timed : RaftActor<int, long>, IRaftSnapshot<string>
    {
        public List<DateTimeOffset> Times { get; private set; } = [];

        public string TakeSnapshot(Serial serial) => string.Join(' ', Times.Select(time => time.ToUnixTimeMilliseconds()));

        public void RestoreSnapshot(Serial serial, string state) =>
            Times = [.. state.Split(' ').Select(time => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(time)))];

        protected override long HandleAppend(Entry<int> entry)
        {
            Times.Add(entry.Time);
            return entry.Time.ToUnixTimeMilliseconds();
        }
    }
}
