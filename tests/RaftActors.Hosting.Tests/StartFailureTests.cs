using Akka.Actor;

using TrialKit;

namespace RaftActors.Hosting.Tests;

/// <summary>A host that cannot start fails with a sentence that names the cause and the remedy.</summary>
public sealed class StartFailureTests
{
    private readonly int _port = FreePorts.Next();

    [Theory]
    [InlineData("Node", "nowhere", "RaftActors:Node is 'nowhere'. Set it to the address")]
    [InlineData("Roster:0", "counter", "RaftActors:Roster has 'counter'. Write process@node")]
    [InlineData("Contacts:0", "x", "RaftActors:Contacts has 'x'. Write host:port")]
    [InlineData("SystemName", "a b", "RaftActors:SystemName is 'a b'.")]
    [InlineData("HoconFile", "/no/such.conf", "RaftActors:HoconFile is '/no/such.conf', and ")]
    [InlineData("StoreDirectory", "", "RaftActors:StoreDirectory is '', which is no directory")]
    [InlineData("Rooster", "x", "RaftActors:Rooster is unknown. The keys are SystemName, Node")]
    public async Task Wrong_option_fails_the_start_and_is_named(string key, string value, string expected)
    {
        await using var node = new HostedNode(_port, [_port], null, ($"RaftActors:{key}", value));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.Contains(expected, failure.Message);
        Assert.Equal($"{typeof(RaftStartException)}: {failure.Message}", failure.ToString());
    }

    [Fact]
    public async Task Option_that_an_existing_actor_system_ignores_fails_the_start()
    {
        await using var node = new HostedNode(_port, [], raft => raft.UseActorSystem(_ => throw new InvalidOperationException()));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.Contains("RaftActors:Node has no effect, because UseActorSystem", failure.Message);
    }

    [Fact]
    public async Task Wrong_setting_fails_the_start_with_its_message_and_without_a_stack_trace()
    {
        var wrong = ("RaftActors:Hocon", "raft.quorum { allow-fewer-than-three = on, max = 4 }");
        await using var node = new HostedNode(_port, [_port], null, wrong);

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.StartsWith("The raft actor 'counter' cannot start. ", failure.Message);
        Assert.Contains("raft.quorum.max", failure.Message);
        Assert.Equal($"{typeof(RaftStartException)}: {failure.Message}", failure.ToString());
    }

    [Fact]
    public async Task Hocon_that_cannot_be_parsed_fails_the_start_and_names_its_option()
    {
        await using var node = new HostedNode(_port, [_port], null, ("RaftActors:Hocon", "raft.group = ${missing}"));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.StartsWith("Cannot read the HOCON of RaftActors:Hocon.", failure.Message);
    }

    [Fact]
    public async Task Missing_service_of_an_actor_fails_the_start_and_is_named()
    {
        await using var node = new HostedNode(_port, [_port], raft => raft.AddActor<Needy>("counter"));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.StartsWith("The raft actor 'counter' cannot start. ", failure.Message);
        Assert.Contains(nameof(Uri), failure.Message);
    }

    [Fact]
    public async Task Locked_store_fails_the_start_of_the_second_host()
    {
        using var folder = new TemporaryFolder();
        var directory = ("RaftActors:StoreDirectory", folder.Path);
        await using var first = new HostedNode(_port, [_port], null, directory);
        await first.StartAsync();
        var other = FreePorts.Next();
        await using var second = new HostedNode(other, [other], null, directory);

        var failure = await Assert.ThrowsAsync<RaftStartException>(second.StartAsync);

        Assert.Contains(folder.Path, failure.Message);
        Assert.IsAssignableFrom<Storage.StoreException>(failure.InnerException);
    }

    [Fact]
    public void Actor_that_is_no_raft_actor_is_refused_when_it_is_added()
    {
        var failure = Assert.Throws<ArgumentException>(() =>
            new HostedNode(_port, [_port], raft => raft.AddActor<ReceiveActor>("counter")));

        Assert.Contains("Derive it from RaftActor<TValue, TResult>", failure.Message);
    }

    private sealed class Needy : RaftActor<int>
    {
        public Needy(Uri nowhere) => Receive<string>(_ => Sender.Tell(nowhere));

        protected override object? HandleAppend(Entry<int> entry) => null;
    }
}
