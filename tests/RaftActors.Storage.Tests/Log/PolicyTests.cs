using RaftActors.Core;
using RaftActors.Testing.DiskModel;

namespace RaftActors.Storage.Tests.Log;

/// <summary>A log that is not synced before each acknowledgement: what it may lose, and what it must keep.</summary>
public sealed class PolicyTests
{
    public static TheoryData<string> Lazy => [nameof(SyncPolicy.Interval), nameof(SyncPolicy.None)];

    [Theory]
    [MemberData(nameof(Lazy))]
    public void Acknowledged_write_may_be_lost_in_a_power_cut_but_not_in_a_kill(string policy)
    {
        var life = Opened(policy);
        var syncs = Syncs(life);

        life.Write("a", Life.Entry(1)).Write("a", Life.Entry(2));

        Assert.Equal("a persisted 2", life.Told[^1]);
        Assert.Equal(syncs, Syncs(life));
        Assert.Equal("0: 1/1 2/1", Life.Text(new Life(life.Kill()).Open()));
        Assert.Equal("0:", Life.Text(new Life(life.Cut()).Open()));
    }

    [Theory]
    [MemberData(nameof(Lazy))]
    public void Power_cut_leaves_some_state_since_the_last_sync_and_the_log_continues_from_it(string policy)
    {
        var life = Opened(policy);
        life.Write("a", Life.Entry(1)).Sync();
        string[] states = ["0: 1/1", "0: 1/1 2/1", "0: 1/1 2/1 3/1", "0: 1/1 2/2"];
        life.Write("a", Life.Entry(2)).Write("a", Life.Entry(3)).Write("a", Life.Entry(2, 2));
        var seen = new SortedSet<string>();

        foreach (var cut in life.Disk.CutsAfter(life.Disk.Operations.Count, few: 5000))
        {
            var next = new Life(new ModelDisk(cut.Found));
            var found = Life.Text(next.Open());
            Assert.True(states.Contains(found), $"{found} after {cut}");
            seen.Add(found);
            var after = next.Directory.Writer.Slots[0].Log.Last.Next.Value;
            next.Write("a", Life.Entry(after, 3));
            Assert.Equal($"{found} {after}/3", Life.Text(new Life(next.Cut()).Open()));
        }

        Assert.Equal(states.Order(), seen);
    }

    [Theory]
    [MemberData(nameof(Lazy))]
    public void New_segment_makes_the_one_before_it_durable(string policy)
    {
        var life = Opened(policy);
        life.Write("a", Life.Entry(1)).Write("a", Life.Entry(2, 1, 4000));

        Assert.Equal("0: 1/1", Life.Text(new Life(life.Cut()).Open()));
    }

    [Theory]
    [MemberData(nameof(Lazy))]
    public void Snapshot_is_never_more_durable_than_the_entries_that_it_covers(string policy)
    {
        var life = Opened(policy);
        life.Write("a", Life.Entry(1)).Write("a", Life.Entry(2)).Write("a", Life.Entry(2, 2));
        life.Write("a", new HardState(new Term(2), null, []));
        var before = life.Disk.Operations.Count;
        life.StoreOf().SaveSnapshot(Life.Snapshot(2, 2), Life.Bytes(100, 1));
        Assert.Equal("a saved 2", life.Told[^1]);

        foreach (var cut in life.Disk.Cuts(from: before))
        {
            var state = new Life(new ModelDisk(cut.Found)).Open().State;
            Assert.True(state.Snapshot is null || state is { Log: [_, { Term.Value: 2 }], HardState.Term.Value: 2 }, $"{cut}");
        }

        Assert.NotNull(new Life(life.Cut()).Open().State.Snapshot);
    }

    [Theory]
    [MemberData(nameof(Lazy))]
    public void Discard_and_installation_are_durable_before_anything_is_deleted_or_renamed(string policy)
    {
        var life = Opened(policy);
        life.Write("a", Life.Entry(1)).Write("a", Life.Entry(2)).Discard("a", 2);
        Assert.Equal("2:", Life.Text(new Life(life.Cut()).Open()));

        life.Ask("a", ticket => new Effect.StoreChunk(ticket, Life.Snapshot(9), 0, Life.Bytes(100, 3)));
        life.Ask("a", ticket => new Effect.InstallSnapshot(ticket, Life.Snapshot(9), KeepsLog: false));
        var before = life.Disk.Operations.Count;
        life.Directory.WriteQueued();
        foreach (var cut in life.Disk.Cuts(from: before))
        {
            var found = Life.Text(new Life(new ModelDisk(cut.Found)).Open());
            Assert.True(found is "2:" or "9:", $"{found} after {cut}");
        }

        Assert.Equal("9:", Life.Text(new Life(life.Cut()).Open()));
    }

    [Theory]
    [MemberData(nameof(Lazy))]
    public void New_store_seal_and_closing_are_durable_whatever_the_policy(string policy)
    {
        var life = new Life(new ModelDisk(), Life.Options with { Sync = Enum.Parse<SyncPolicy>(policy) });
        life.Open("a", Life.Entry(1, 0));
        Assert.Equal("0: 1/0", Life.Text(new Life(life.Cut()).Open()));

        life.Write("a", Life.Entry(2));
        life.Directory.Seal();
        Assert.Equal("0: 1/0 2/1", Life.Text(new Life(life.Cut()).Open()));

        life.Queue("a", Life.Entry(3));
        life.Directory.Dispose();
        Assert.Equal("0: 1/0 2/1 3/1", Life.Text(new Life(life.Cut()).Open()));
    }

    private static Life Opened(string policy)
    {
        var life = new Life(new ModelDisk(), Life.Options with { Sync = Enum.Parse<SyncPolicy>(policy) });
        life.Open();
        return life;
    }

    private static int Syncs(Life life) => life.Disk.Operations.OfType<DiskOperation.Sync>().Count();
}
