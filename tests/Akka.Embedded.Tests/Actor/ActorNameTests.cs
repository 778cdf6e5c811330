using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

public sealed class ActorNameTests : ActorTest
{
    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("\u00e4")]
    [InlineData("%zz")]
    public void Illegal_name_is_refused(string name)
    {
        Assert.Throws<InvalidActorNameException>(() => System.ActorOf(Props.Create<FunctionActor>(), name));
    }

    [Theory]
    [InlineData("-_.*$+:@&=,!~';()")]
    [InlineData("%20")]
    public void Name_of_unusual_but_legal_characters_is_accepted(string name)
    {
        Assert.Equal(name, NewActor((_, _) => { }, name).Path.Name);
    }

    [Fact]
    public void Name_of_a_living_sibling_is_refused()
    {
        NewActor((_, _) => { }, "taken");

        var refusal = Assert.Throws<InvalidActorNameException>(() => NewActor((_, _) => { }, "taken"));

        Assert.Equal("Actor name \"taken\" is not unique!", refusal.Message);
    }

    [Fact]
    public async Task Name_of_an_ended_child_can_be_reused_by_a_new_incarnation()
    {
        var log = NewCollector();
        IActorRef parent = NewActor((context, message) =>
        {
            var child = context.ActorOf(Props.Create<Silent>(), "name");
            log.Ref.Tell(child);
            if (message is not Terminated)
            {
                context.Stop(context.Watch(child));
            }
        });

        parent.Tell("go");

        var first = await log.Next<IActorRef>();
        var second = await log.Next<IActorRef>();
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Names_are_generated_when_none_are_given()
    {
        Assert.Equal("$a", NewActor((_, _) => { }).Path.Name);
        Assert.Equal("$b", NewActor((_, _) => { }).Path.Name);
    }

    [Theory]
    [InlineData(0, "a")]
    [InlineData(63, "~")]
    [InlineData(64, "ab")]
    public void Generated_names_count_in_base_64(long number, string name)
    {
        Assert.Equal(name, TemporaryNames.Encode(number));
    }

    private sealed class Silent : ReceiveActor;
}
