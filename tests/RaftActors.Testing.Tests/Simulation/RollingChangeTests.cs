namespace RaftActors.Testing.Tests.Simulation;

/// <summary>A rule of an actor is changed, and the nodes get the new program one by one, while clients append.</summary>
public sealed class RollingChangeTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static IEnumerable<object[]> Seeds => RaftSimulation.Seeds(Share.Of(test: 1, ci: 4, whole: 6));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nodes_agree_and_take_the_new_rule_between_the_same_two_pairs(long seed)
    {
        List<(int From, int To, Serial Serial)> upgrades = [];
        HashSet<int> versions = [];
        RaftSimulation.Run(seed, simulation =>
        {
            upgrades.Clear();
            versions.Clear();
            SetUp(simulation, (version, isSnapshotting) => isSnapshotting
                ? new SnapshottingBank(version, upgrades, versions)
                : new Bank(version, upgrades, versions));
        });

        Assert.Equal([1, 2], versions.Order());
        Assert.Equal((1, 2), Assert.Single(upgrades.Select(upgrade => (upgrade.From, upgrade.To)).Distinct()));
        Assert.Single(upgrades.Select(upgrade => upgrade.Serial).Distinct());
        Assert.True(upgrades.Count >= 3, $"{upgrades.Count} upgrades");
    }

    [Fact]
    public void Change_without_a_version_is_stopped_at_its_first_pair()
    {
        var failure = Assert.Throws<SimulationException>(() => RaftSimulation.Run(
            1, simulation => SetUp(simulation, (version, _) => new CarelessBank(version))));

        Assert.StartsWith("Seed 1 fails: HandleAppend returned '", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_group_has_the_version_of_its_founders_and_an_older_program_stops_before_the_first_pair()
    {
        List<(int From, int To, Serial Serial)> upgrades = [];
        HashSet<int> versions = [];
        var starts = 0;
        RaftSimulation.Run(2, simulation =>
        {
            starts = 0;
            simulation
                .Actor(node => new Bank(node == 2 && starts++ > 0 ? 1 : 2, upgrades, versions))
                .Faults(SimulationFaults.Crashes)
                .For(TimeSpan.FromSeconds(60))
                .AllowUndelivered()
                .Clients(1, async client =>
                {
                    await using var bank = client.CreateClient<int, long>();
                    await bank.AppendAsync("a", 1);
                })
                .Eventually("n3 has stopped", view => view.Status(2)?.Failure == "the group has logic version 2, and the program of "
                    + "actor@n3 has 1 at most; start a newer program there");
        });

        Assert.Empty(upgrades);
        Assert.Equal([2], versions);
        Assert.True(starts > 1, $"n3 started {starts} times");
    }

    // Each node starts with the old program, and after each crash with the new one. All nodes crash in these seeds.
    private static void SetUp(RaftSimulation simulation, Func<int, bool, Akka.Actor.ActorBase> create)
    {
        var starts = new int[3];
        simulation
            .Actor(node => create(starts[node]++ == 0 ? 1 : 2, node != 2), "bank")
            .Config("raft.snapshot.after-entries = 20")
            .Faults(SimulationFaults.Crashes)
            .For(TimeSpan.FromSeconds(60))
            .Clients(1, async client =>
            {
                await using var bank = client.CreateClient<int, long>();
                for (var pair = 1; pair <= 300; pair++)
                {
                    await bank.AppendAsync("a", pair);
                    await client.Delay(Pause);
                }
            });
    }

    private class Bank(int version, List<(int From, int To, Serial Serial)> upgrades, HashSet<int> versions) : RaftActor<int, long>
    {
        protected long Total { get; set; }

        protected override int LogicVersion => version;

        protected override long HandleAppend(Entry<int> entry)
        {
            versions.Add(entry.LogicVersion);
            Assert.Equal(entry.LogicVersion, Group.LogicVersion);
            return Total += entry.LogicVersion == 1 ? entry.Value : 3 * entry.Value;
        }

        protected override void HandleUpgrade(int from, int to)
        {
            upgrades.Add((from, to, Group.Serial));
            Total = -Total;
        }

        protected override ulong? HandleDigest() => (ulong)Total;
    }

    private sealed class SnapshottingBank(int version, List<(int From, int To, Serial Serial)> upgrades, HashSet<int> versions)
        : Bank(version, upgrades, versions), IRaftSnapshot<long>
    {
        public long TakeSnapshot(Serial serial) => Total;

        public void RestoreSnapshot(Serial serial, long state) => Total = state;
    }

    private sealed class CarelessBank(int version) : RaftActor<int, long>
    {
        private long _total;

        protected override long HandleAppend(Entry<int> entry) => _total += version * entry.Value;
    }
}
