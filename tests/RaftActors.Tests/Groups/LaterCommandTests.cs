namespace RaftActors.Tests.Groups;

/// <summary>A command that a newer program brings, in a group that may not have the version of its actors yet.</summary>
public sealed partial class LaterCommandTests : VirtualGroupTest
{
    private static readonly string[] Names = ["raft1", "raft2", "raft3"];

    public LaterCommandTests()
    {
        Raft.Get(Sys).UseJson(CommandJson.Default);
    }

    [Fact]
    public async Task Command_is_refused_until_the_group_has_its_version_and_an_earlier_one_is_not()
    {
        Start(version: 1);
        await using var client = Raft.Get(Sys).CreateClient<object?, int>();

        var (early, later) = (client.AppendAsync("a", new Deposit(1)), client.AppendAsync("a", new Withdraw(1)));
        Group.Advance(10);

        (await early.WaitAsync(Guard)).OrThrow();
        var refused = (await later.WaitAsync(Guard)).NotDone();
        Assert.Equal(FailureReason.NotYet, refused.Reason);
        Assert.Equal(
            "The group has logic version 1, and Withdraw needs 2. Append it when all nodes have the new program.", refused.Detail);
    }

    [Fact]
    public void Actor_itself_is_refused_alike()
    {
        Start(version: 1);

        Group.Actors["raft2"].Tell(new Withdraw(1), TestActor);
        Group.Advance(3);

        Assert.Equal(FailureReason.NotYet, ExpectMsg<Outcome<int>>().NotDone().Reason);
    }

    [Fact]
    public void Command_is_taken_when_the_group_has_its_version()
    {
        Start(version: 2);

        Group.Actors["raft2"].Tell(new Withdraw(1), TestActor);
        Group.Advance(10);

        ExpectMsg<Outcome<int>>(Guard).OrThrow();
    }

    private void Start(int version)
    {
        Array.ForEach(Names, name => Group.StartVersioned(name, version));
        Group.AdvanceEnginesUntil(() => Raft.Get(Sys).Processes.All(process => process.LogicVersion == version));
    }

    internal sealed record Deposit(int Amount);

    [SinceLogicVersion(2)]
    internal sealed record Withdraw(int Amount);

    /// <summary>Appends each command that it is told.</summary>
    internal sealed class Teller(IActorRef watcher, RaftOptions<object?> options, int version) : RaftActor<object?, int>(options)
    {
        protected override int LogicVersion => version;

        protected override void PreStart()
        {
            Become(() => Receive<Withdraw>(command => Group.Append("a", command, replyTo: Sender)));
            watcher.Tell("started");
        }

        protected override int HandleAppend(Entry<object?> entry) => 0;
    }

    [JsonSerializable(typeof(Deposit))]
    [JsonSerializable(typeof(Withdraw))]
    private sealed partial class CommandJson : JsonSerializerContext;
}
