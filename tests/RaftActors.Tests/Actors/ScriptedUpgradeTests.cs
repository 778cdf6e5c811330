namespace RaftActors.Tests.Actors;

/// <summary>The logic version of a scripted group, which the test raises.</summary>
public sealed class ScriptedUpgradeTests : ScriptedActorTest
{
    [Fact]
    public void Actor_upgrades_its_state_between_two_pairs_and_the_later_ones_have_the_version()
    {
        Sys.ActorOf(Props.Create(() => new Versioned(Watcher)));
        Group.Found();
        Group.Upgrade(2);
        Group.Commit("k3", "v3");

        Expect("1 by 1", "2 by 1", "from 1 to 2", "3 by 2");
    }

    [Fact]
    public void Entities_have_the_version_of_their_shard()
    {
        List<int> versions = [];
        using var system = ActorSystem.Create("bag");
        ScriptedGroup<object?> group = new(system, Asked);
        var shard = new RaftShards("bag", 1).All[0];
        EntityShardOptions<int> options = new() { LogicVersion = 2 };
        system.ActorOf(Props.Create(() => new EntityShard<VersionedEntity, int>(shard, () => new VersionedEntity(versions), options)));
        group.Found();
        group.Commit("a", 1);
        group.Upgrade(2);
        group.Commit("a", 1);
        group.TakeSnapshot();
        Asked.ExpectMsg<FromActor<object?>.Snapshot>();

        Assert.Equal([1, 2], versions);
    }

    private sealed class VersionedEntity(List<int> versions) : ReplicatedEntity<int, object?, object?>
    {
        protected override int NewState() => 0;

        protected override object? HandleCommand(object? command)
        {
            versions.Add(LogicVersion);
            return null;
        }
    }

    private sealed class Versioned(IActorRef watcher) : RaftActor<string, int>
    {
        protected override int LogicVersion => 2;

        protected override int HandleAppend(Entry<string> entry)
        {
            watcher.Tell($"{entry.Serial} by {entry.LogicVersion}");
            return 0;
        }

        protected override void HandleUpgrade(int from, int to) => watcher.Tell($"from {from} to {to}");
    }
}
