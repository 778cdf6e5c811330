using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Conformance.Tests.Remote;

public sealed class RemotingTests() : RemoteSystems($$"""
    akka.actor {
      serializers.faulty = "{{typeof(FaultySerializer).AssemblyQualifiedName}}"
      serialization-bindings { "{{typeof(Faulty).AssemblyQualifiedName}}" = faulty }
    }
    """)
{
    [Fact]
    public async Task Selection_of_a_remote_path_finds_its_actor_which_answers()
    {
        var echo = Other.ActorOf(Props.Create<Echo>(), "echo");

        var found = await Remote("/user/echo").ResolveOne(Guard);

        Assert.Equal(AddressOf(Other), found.Path.Address);
        Assert.Equal(echo.Path.Uid, found.Path.Uid);
        found.Tell("told", TestActor);
        ExpectMsg("told");
        Assert.Equal(found, LastSender);
        Assert.Equal("asked", await found.Ask<string>("asked", Guard));
        Assert.Equal("selected", await Remote("/user/echo").Ask<string>("selected", Guard));
    }

    [Theory]
    [InlineData("/user/parent/child", "child")]
    [InlineData("/user/parent/*", "child")]
    [InlineData("/user/*/ch?ld", "child")]
    [InlineData("/user/parent/child/..", "parent")]
    public void Selection_names_patterns_and_parents_in_the_other_system(string path, string name)
    {
        Other.ActorOf(Scripted.Props((context, child) => context.ActorOf(Silent.Props, (string)child)), "parent").Tell("child");

        AwaitAssert(() =>
        {
            Remote(path).Tell(new Identify(path), TestActor);
            Assert.Equal(name, ExpectMsg<ActorIdentity>().Subject?.Path.Name);
        });
    }

    [Fact]
    public async Task Actor_that_is_not_there_is_not_found()
    {
        await Assert.ThrowsAsync<ActorNotFoundException>(() => Remote("/user/nobody").ResolveOne(Guard));
        Assert.Null((await Remote("/user/nobody").Ask<ActorIdentity>(new Identify(1), Guard)).Subject);
    }

    [Fact]
    public async Task Reference_to_an_ended_actor_does_not_reach_its_successor_of_the_same_name()
    {
        var first = await FoundAsync("echo");
        Watch(first);
        first.Tell(PoisonPill.Instance);
        ExpectTerminated(first);
        IActorRef second = ActorRefs.NoSender!; // Justification: assigned before its use.
        AwaitAssert(() => second = Other.ActorOf(Props.Create<Echo>(), "echo"));

        first.Tell("to the first", TestActor);
        Remote("/user/echo").Tell("to the second", TestActor);

        ExpectMsg("to the second");
        Assert.NotEqual(first, LastSender);
        Assert.Equal(second.Path.Uid, LastSender.Path.Uid);
    }

    [Fact]
    public async Task Reference_in_a_message_leads_back_to_its_actor()
    {
        var echo = await FoundAsync("echo");

        echo.Tell(TestActor, TestActor);
        ExpectMsg(TestActor);
        echo.Tell(echo, TestActor);

        ExpectMsg(echo);
    }

    [Fact]
    public async Task Failure_of_a_remote_actor_fails_the_Ask_with_its_text()
    {
        Other.ActorOf(
            Scripted.Props((context, _) => context.Sender.Tell(new Status.Failure(new InvalidOperationException("as told")))), "fails");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Remote("/user/fails").Ask<string>("question", Guard));
        var answer = await Remote("/user/fails").Ask<Status.Failure>("question", Guard);

        Assert.Contains("as told", failure.Message);
        Assert.Contains("as told", answer.Cause.Message);
    }

    [Theory]
    [InlineData(Fault.Manifest)]
    [InlineData(Fault.ToBinary)]
    [InlineData(Fault.FromBinary)]
    public async Task Message_that_a_serializer_refuses_is_dropped_and_the_next_one_arrives(Fault fault)
    {
        var echo = await FoundAsync("echo");

        echo.Tell(new Faulty(fault), TestActor);
        echo.Tell("next", TestActor);

        ExpectMsg("next");
    }

    [Fact]
    public async Task Message_that_is_too_large_is_dropped_and_the_next_one_arrives()
    {
        var echo = await FoundAsync("echo");

        echo.Tell(new string('x', 200_000), TestActor);
        echo.Tell("next", TestActor);

        ExpectMsg("next");
    }

    [Fact]
    public void Own_address_in_a_path_leads_to_the_local_actor_and_another_one_to_a_remote_reference()
    {
        var actor = Sys.ActorOf(Silent.Props, "own");
        var provider = ((ExtendedActorSystem)Sys).Provider;
        var elsewhere = new RootActorPath(new Address("akka.tcp", Sys.Name, "127.0.0.1", 1)) / "user" / "own";

        Assert.Same(actor, provider.ResolveActorRef($"{AddressOf(Sys)}/user/own#{actor.Path.Uid}"));
        Assert.Equal(elsewhere, provider.ResolveActorRef(elsewhere).Path);
        Assert.NotSame(actor, provider.ResolveActorRef(elsewhere));
    }

    [Fact]
    public async Task Local_actors_talk_without_a_connection()
    {
        var echo = Sys.ActorOf(Props.Create<Echo>());

        Assert.Equal("question", await echo.Ask<string>("question", Guard));
    }

    [Fact]
    public async Task Watcher_of_a_remote_actor_receives_Terminated_when_it_ends()
    {
        var echo = await FoundAsync("echo");
        Watch(echo);

        echo.Tell(PoisonPill.Instance);

        ExpectTerminated(echo);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task System_ends_with_and_without_a_connection(bool isConnected)
    {
        if (isConnected)
        {
            await FoundAsync("echo");
        }

        await Sys.Terminate().WaitAsync(Guard);
        await Other.Terminate().WaitAsync(Guard);
    }

    private async Task<IActorRef> FoundAsync(string name)
    {
        Other.ActorOf(Props.Create<Echo>(), name);
        return await Remote($"/user/{name}").ResolveOne(Guard);
    }
}

/// <summary>The method of a serializer that fails.</summary>
public enum Fault
{
    Manifest,
    ToBinary,
    FromBinary,
}

public sealed record Faulty(Fault Fault);

public sealed class FaultySerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 1002;

    public override string Manifest(object o) => ((Faulty)o).Fault is Fault.Manifest ? throw new SerializationException("as told") : "";

    public override byte[] ToBinary(object obj) =>
        ((Faulty)obj).Fault is Fault.ToBinary ? throw new SerializationException("as told") : [];

    public override object FromBinary(byte[] bytes, string manifest) => throw new SerializationException("as told");
}
