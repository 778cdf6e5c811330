namespace RaftActors.Tests.Engine;

public sealed class RaftProcessTests : TestKit
{
    private const long NumbersOfAStart = 1L << 40;

    private readonly RaftSettings _settings;

    public RaftProcessTests() => _settings = new Bench(this).Process.Settings;

    [Fact]
    public void Two_starts_from_the_same_copy_of_a_disk_have_other_request_numbers()
    {
        var numbers = Enumerable.Range(0, 100).Select(_ => Start(boot: 3).NewRequest().Number).ToList();

        Assert.Equal(numbers.Count, numbers.Distinct().Count());
    }

    [Fact]
    public void Request_numbers_of_a_start_are_above_those_of_earlier_starts()
    {
        var numbers = Enumerable.Range(0, 100).Select(boot => Start(boot).NewRequest().Number).ToList();

        // A start that begins in its first half has as many numbers left.
        Assert.All(numbers.Index(), each =>
            Assert.InRange(each.Item, each.Index * NumbersOfAStart, (each.Index * NumbersOfAStart) + (NumbersOfAStart / 2)));
    }

    [Fact]
    public void Snapshot_beyond_the_log_is_the_last_that_the_store_had()
    {
        var snapshot = new Snapshot(
            new LogPosition(new LogIndex(9), new Term(1), new Serial(7), 0),
            new LogIndex(1),
            new Configuration(GroupUid.None, 1, [], [], [], []),
            [],
            10);

        var found = Start(boot: 1, snapshot);

        Assert.Equal((snapshot.Position.Serial, snapshot.Position.Index), (found.Found, found.FoundIndex));
    }

    private RaftProcess Start(long boot, Snapshot? snapshot = null)
    {
        var (store, recovered) = HostedStore.Open(new ScriptedStore(), new StoreOwner(_settings.Group, _settings.Self), default);
        var state = recovered.State with
        {
            HardState = recovered.State.HardState with { Boot = new Boot(boot, 0) },
            Snapshot = snapshot,
        };
        return new RaftProcess(_settings, store, recovered with { State = state }, default, Sys.Scheduler);
    }
}
