using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Persistence.Tests;

/// <summary>Persistent actors on one or more nodes.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Actor_recovers_the_events_that_it_has_persisted()
    {
        var system = Start(FreePorts.Take(1), "")[0];
        var first = Actor(system, "alice");
        await first.Ask<Account.Saved>("a", Guard);
        await first.Ask<Account.Saved>(new[] { "b", "c" }, Guard);
        await first.GracefulStop(Guard);

        var second = Actor(system, "alice");

        Assert.Equal(["a", "b", "c"], await ReadAsync(second));
        Assert.Equal(4, (await second.Ask<Account.Saved>("d", Guard)).SequenceNr);
    }

    [Fact]
    public async Task Actor_recovers_on_another_node_with_its_snapshot_and_the_events_after_it()
    {
        var systems = Start(FreePorts.Take(3), "raft-persistence.shards = 3");
        foreach (var id in new[] { "alice", "bob", "carol", "dave" })
        {
            var first = Actor(systems[0], id);
            await first.Ask<Account.Saved>(new[] { "a", "b" }, Guard);
            await first.Ask<Account.Saved>(new Account.TakeSnapshot(), Guard);
            await first.Ask<Account.Saved>(new Account.Delete(2), Guard);
            await first.Ask<Account.Saved>("c", Guard);
            await first.GracefulStop(Guard);

            Assert.Equal(["a", "b", "c"], await ReadAsync(Actor(systems[1], id)));
        }
    }

    [Fact]
    public async Task Actors_recover_after_all_nodes_have_restarted_from_their_files()
    {
        var ports = FreePorts.Take(3);
        var systems = Start(ports, "", inFiles: true);
        var first = Actor(systems[0], "alice");
        await first.Ask<Account.Saved>(new[] { "a", "b", "c" }, Guard);
        await first.Ask<Account.Saved>(new Account.Delete(1), Guard);
        await StopAsync();

        systems = Start(ports, "", inFiles: true);

        Assert.Equal(["b", "c"], await ReadAsync(Actor(systems[2], "alice")));
    }

    [Fact]
    public async Task Node_that_starts_from_a_raft_snapshot_has_the_same_events()
    {
        var ports = FreePorts.Take(1);
        var first = Actor(Start(ports, "", inFiles: true)[0], "alice");
        await first.Ask<Account.Saved>(new[] { "a", "b", "c" }, Guard);
        await first.Ask<Account.Saved>(new Account.TakeSnapshot(), Guard);
        await first.Ask<Account.Saved>(new Account.Delete(2), Guard);
        await first.Ask<Account.Saved>("d", Guard);
        await using (var client = Raft.Get(_systems[0]).CreateClient("persistence-0"))
        {
            await client.TakeSnapshotAsync(new ProcessName($"persistence-0@127.0.0.1:{ports[0]}"), Guard);
        }

        await first.Ask<Account.Saved>("e", Guard);
        await StopAsync();

        var second = Actor(Start(ports, "", inFiles: true)[0], "alice");

        Assert.Equal(["a", "b", "c", "d", "e"], await ReadAsync(second));
        Assert.Equal(6, (await second.Ask<Account.Saved>("f", Guard)).SequenceNr);
    }

    [Fact]
    public async Task Of_two_incarnations_the_one_that_writes_later_is_stopped_and_recovers()
    {
        var systems = Start(FreePorts.Take(3), "");
        var (old, late) = (Actor(systems[0], "alice"), Actor(systems[1], "alice"));
        await ReadAsync(old);
        await ReadAsync(late);
        await late.Ask<Account.Saved>("late", Guard);

        using var inbox = Inbox.Create(systems[0]);
        inbox.Watch(old);
        var failed = await old.Ask<Account.Failed>("old", Guard);

        Assert.IsType<StaleWriterException>(failed.Cause);
        Assert.IsType<Terminated>(await inbox.ReceiveAsync(Guard));
        var again = Actor(systems[0], "alice");
        Assert.Equal(["late"], await ReadAsync(again));
        await again.Ask<Account.Saved>("old", Guard);
    }

    [Fact]
    public async Task Full_journal_refuses_with_the_setting_and_takes_events_again_after_a_deletion()
    {
        var actor = Actor(Start(FreePorts.Take(1), "raft-persistence.events-max = 3")[0], "alice");
        await actor.Ask<Account.Saved>(new[] { "a", "b", "c" }, Guard);

        var rejected = await actor.Ask<Account.Rejected>("d", Guard);
        Assert.Contains("raft-persistence.events-max is 3", rejected.Cause.Message, StringComparison.Ordinal);

        await actor.Ask<Account.Saved>(new Account.Delete(1), Guard);
        await actor.Ask<Account.Saved>("e", Guard);
        Assert.Equal(["a", "b", "c", "e"], await ReadAsync(actor));
    }

    [Fact]
    public async Task Node_without_a_process_of_the_group_persists_and_recovers()
    {
        var ports = FreePorts.Take(2);
        Start(ports[..1], "");
        var client = Node.Start(ports[1], ports[..1], _folder);
        _systems.Add(client);
        var first = Actor(client, "alice");
        await first.Ask<Account.Saved>(new[] { "a", "b" }, Guard);
        await first.GracefulStop(Guard);

        Assert.Equal(["a", "b"], await ReadAsync(Actor(client, "alice")));
    }

    [Theory]
    [InlineData("a:1", "raft.nodes = [\"a:1\"]", true)]
    [InlineData("b:1", "raft.nodes = [\"a:1\"]", false)]
    [InlineData("b:1", "", true)]
    [InlineData("b:1", "raft { nodes = [\"a:1\"], joining = auto }", true)]
    [InlineData("b:1", "raft { nodes = [\"a:1\"], shard-nodes = [\"a:1\", \"b:1\"] }", true)]
    [InlineData("b:1", "raft { nodes = [\"a:1\"], groups.g-0.nodes = [\"b:1\"] }", true)]
    [InlineData("a:1", "raft { nodes = [\"a:1\"], groups.g-0.roster = [\"x@b:1\"] }", false)]
    public void Node_has_a_process_if_it_founds_or_joins_the_group(string node, string config, bool expected) => Assert.Equal(
        expected,
        Settings.PersistenceSettings.HasProcess(ConfigurationFactory.ParseString(config).WithFallback(Raft.DefaultConfig()), "g-0", node));

    [Fact]
    public async Task Event_as_large_as_a_raised_write_size_is_persisted_and_recovered()
    {
        var system = Start(FreePorts.Take(1), "raft-persistence.write-size-max = 8MiB")[0];
        var text = new string('x', (8 * 1024 * 1024) - 4096);
        var first = Actor(system, "alice");
        await first.Ask<Account.Saved>(text, Guard);
        await first.GracefulStop(Guard);

        Assert.Equal([text], await ReadAsync(Actor(system, "alice")));
    }

    private static IActorRef Actor(ActorSystem system, string id) => system.ActorOf(Props.Create(() => new Account(id)));

    private static Task<string[]> ReadAsync(IActorRef actor) => actor.Ask<string[]>(new Account.Read(), Guard);

    private List<ActorSystem> Start(int[] ports, string config, bool inFiles = false)
    {
        var started = ports.Select(port => Node.Start(
            port, ports, _folder, inFiles ? $"{config}\nraft.store.directory = \"{_folder[$"{port}-log"]}\"" : config)).ToList();
        _systems.AddRange(started);
        return started;
    }

    private async Task StopAsync()
    {
        await Task.WhenAll(_systems.Select(system => system.Terminate()));
        _systems.Clear();
    }
}
