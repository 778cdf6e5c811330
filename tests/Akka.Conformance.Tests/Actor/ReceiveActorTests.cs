using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests.Actor;

public sealed class ReceiveActorTests : Akka.TestKit.Xunit2.TestKit
{
    [Theory]
    [InlineData("text", "string text")]
    [InlineData("long text", "long")]
    [InlineData(7, "int 7")]
    [InlineData(70, "big")]
    [InlineData(7L, "any 7")]
    public void First_handler_whose_type_and_condition_match_takes_the_message(object message, string handled)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Sorting()));

        actor.Tell(message, TestActor);

        ExpectMsg(handled);
    }

    [Fact]
    public void Handler_that_returns_false_leaves_the_message_to_the_next_one()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Picky()));

        actor.Tell("taken", TestActor);
        actor.Tell("left", TestActor);

        ExpectMsg("first: taken");
        ExpectMsg("second: left");
    }

    [Fact]
    public void Message_without_a_handler_is_published_as_unhandled()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Picky()));
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));

        actor.Tell(7, TestActor);

        ExpectMsg<UnhandledMessage>(unhandled =>
            Assert.Equal((7, TestActor, actor), (unhandled.Message, unhandled.Sender, unhandled.Recipient)));
    }

    [Fact]
    public void Handlers_cannot_be_added_while_a_message_is_handled()
    {
        var actor = Sys.ActorOf(Props.Create(() => new AddsLate()));

        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => actor.Tell("add"));
    }

    [Fact]
    public void Unbecome_returns_to_the_behaviour_below_and_never_leaves_the_last_one()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stacked()));

        foreach (var message in (string[])["which", "push", "which", "pop", "which", "pop", "which"])
        {
            actor.Tell(message, TestActor);
        }

        ExpectMsg("first");
        ExpectMsg("second");
        ExpectMsg("first");
        ExpectMsg("first");
    }

    [Fact]
    public void Message_waits_until_an_asynchronous_handler_has_ended()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = release.Task;
        var actor = Sys.ActorOf(Props.Create(() => new Awaiting(task)));
        actor.Tell("first", TestActor);
        actor.Tell(7, CreateTestProbe());
        ExpectMsg("begin first");

        release.SetResult();

        ExpectMsg("end first");
    }

    [Fact]
    public void Failure_after_an_await_restarts_the_actor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Awaiting(Task.FromException(new InvalidOperationException("as told")))));

        EventFilter.Exception<InvalidOperationException>("as told").ExpectOne(() => actor.Tell("first", TestActor));

        ExpectMsg("begin first");
        actor.Tell(7, TestActor);
        ExpectMsg("number 7");
    }

    private sealed class Sorting : ReceiveActor
    {
        public Sorting()
        {
            Receive<string>(text => text.Length > 5, _ => Sender.Tell("long"));
            Receive<string>(text => Sender.Tell($"string {text}"));
            Receive<int>(number => Sender.Tell("big"), number => number > 10);
            Receive<int>(number => Sender.Tell($"int {number}"));
            ReceiveAny(message => Sender.Tell($"any {message}"));
        }
    }

    private sealed class Picky : ReceiveActor
    {
        public Picky()
        {
            Receive<string>(text =>
            {
                if (text != "taken")
                {
                    return false;
                }

                Sender.Tell($"first: {text}");
                return true;
            });
            Receive<string>(text => Sender.Tell($"second: {text}"));
        }
    }

    private sealed class AddsLate : ReceiveActor
    {
        public AddsLate() => Receive<string>(_ => Receive<int>(_ => { }));
    }

    private sealed class Stacked : ReceiveActor
    {
        public Stacked()
        {
            Receive<string>(text => text == "which", _ => Sender.Tell("first"));
            Receive<string>(text => text == "push", _ => BecomeStacked(Second));
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
        }

        private void Second()
        {
            Receive<string>(text => text == "which", _ => Sender.Tell("second"));
            Receive<string>(text => text == "pop", _ => UnbecomeStacked());
        }
    }

    private sealed class Awaiting : ReceiveActor
    {
        public Awaiting(Task task)
        {
            ReceiveAsync<string>(async text =>
            {
                Sender.Tell($"begin {text}");
                await task;
                Sender.Tell($"end {text}");
            });
            Receive<int>(number => Sender.Tell($"number {number}"));
        }
    }
}
