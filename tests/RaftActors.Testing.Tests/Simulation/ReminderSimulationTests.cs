using RaftActors.Testing.Simulation;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>Reminders of a group whose nodes crash, pause and are cut off. Some have snapshots, and some replay their logs.</summary>
public sealed class ReminderSimulationTests
{
    private const int OrdersOfClient = 100;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    // The clocks of simulated nodes are fast or slow by at most 1 %.
    private static readonly TimeSpan DelayMin = Delay * 0.99;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Each_reminder_is_told_once_and_not_early(long seed)
    {
        Watch watch = new();
        RaftSimulation.Run(seed, simulation =>
        {
            watch.Counts.Clear();
            simulation
                .Nodes(3)
                .Actor(node => node == 2 ? new Shop(node, watch) : new SnapshottingShop(node, watch), "shop")
                .Config("raft.snapshot.after-entries = 40")
                .Faults(SimulationFaults.Crashes | SimulationFaults.Partitions | SimulationFaults.Pauses)
                .For(TimeSpan.FromSeconds(60))
                .Clients(2, async client =>
                {
                    watch.Now = () => client.Now;
                    await using var shop = client.CreateClient<long, int>();
                    for (var order = 0; order < OrdersOfClient; order++)
                    {
                        await shop.AppendAsync($"{client.Number}/{order}", client.Now.Ticks);
                        await client.Delay(TimeSpan.FromMilliseconds(client.Next(400)));
                    }
                })
                .Eventually("all orders are released on all nodes", _ => watch.Counts.Count == 3
                    && watch.Counts.Values.Distinct().Count() == 1 && watch.Counts.Values.All(count => count.Reserved == 0));
        });

        Assert.Empty(watch.Faults);
        Assert.All(watch.Counts.Values, count => Assert.True(count.Released > OrdersOfClient, $"{count.Released} orders were released"));
    }

    /// <summary>What the shops of a run tell.</summary>
    private sealed class Watch
    {
        public Func<TimeSpan> Now { get; set; } = () => TimeSpan.Zero;

        public Dictionary<int, (int Reserved, int Released)> Counts { get; } = [];

        public List<string> Faults { get; } = [];

        // An exception would restart the actor, which would replay the log at a later time.
        public void Demand(bool isSo, string fault)
        {
            if (!isSo)
            {
                Faults.Add(fault);
            }
        }
    }

    /// <summary>Reserves what is ordered, and releases it after a while. The value of an order is the time of its call.</summary>
    private class Shop(int node, Watch watch) : RaftActor<long, int>
    {
        protected SortedSet<string> Reserved { get; } = new(StringComparer.Ordinal);

        protected int Released { get; set; }

        protected override int HandleAppend(Entry<long> entry)
        {
            Reserved.Add(entry.Key);
            Remind(entry.Key, Delay, entry.Value);
            Tell();
            return Reserved.Count;
        }

        protected override void HandleReminder(Entry<long> entry)
        {
            watch.Demand(Reserved.Remove(entry.Key), $"{entry.Key} is told twice");
            watch.Demand(watch.Now() >= TimeSpan.FromTicks(entry.Value) + DelayMin, $"{entry.Key} is told early");
            Released++;
            Tell();
        }

        protected override ulong? HandleDigest() => ((ulong)Released << 32) | (uint)Reserved.Count;

        protected void Tell() => watch.Counts[node] = (Reserved.Count, Released);
    }

    private sealed class SnapshottingShop(int node, Watch watch) : Shop(node, watch), IRaftSnapshot<string>
    {
        public string TakeSnapshot(Serial serial) => $"{Released} {string.Join(' ', Reserved)}";

        public void RestoreSnapshot(Serial serial, string state)
        {
            Reserved.Clear();
            Reserved.UnionWith(state.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]);
            Released = int.Parse(state.Split(' ')[0]);
            Tell();
        }
    }
}
