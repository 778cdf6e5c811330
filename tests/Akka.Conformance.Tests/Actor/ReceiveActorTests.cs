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

    [Theory]
    [InlineData("text", "string text")]
    [InlineData("long text", "long")]
    [InlineData(7, "int 7")]
    [InlineData(70, "big")]
    [InlineData(7L, "long integer")]
    public void Handler_of_a_type_object_takes_messages_of_that_type(object message, string handled)
    {
        var actor = Sys.ActorOf(Props.Create(() => new ByTypeObject()));

        actor.Tell(message, TestActor);

        ExpectMsg(handled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Self_and_Sender_are_the_same_after_an_await(bool isByRunTask)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Yielding(isByRunTask)));

        actor.Tell("go", TestActor);
        actor.Tell("again", TestActor);

        ExpectMsg(actor);
        ExpectMsg(actor);
    }

    [Fact]
    public void Next_message_is_handled_when_an_asynchronous_handler_has_left_its_context()
    {
        var actor = Sys.ActorOf(Props.Create(() => new LeavesContext()));

        actor.Tell("first", TestActor);
        actor.Tell("second", TestActor);

        ExpectMsg("first");
        ExpectMsg("second");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Child_made_in_the_constructor_talks_to_its_parent(bool isInTask)
    {
        Sys.ActorOf(Props.Create(() => new MakesChild(TestActor, isInTask)));

        ExpectMsg("started");
    }

    private sealed class ByTypeObject : ReceiveActor
    {
        public ByTypeObject()
        {
            Receive(typeof(string), text => Sender.Tell("long"), text => ((string)text).Length > 5);
            Receive(typeof(string), text => Sender.Tell($"string {text}"));
            Receive(typeof(int), number => (int)number > 10, _ => Sender.Tell("big"));
            Receive(typeof(int), number => Sender.Tell($"int {number}"));
            ReceiveAsync(typeof(long), async _ =>
            {
                await Task.Yield();
                Sender.Tell("long integer");
            });
        }
    }

    private sealed class Yielding : ReceiveActor
    {
        public Yielding(bool isByRunTask)
        {
            if (isByRunTask)
            {
                Receive<string>(_ => RunTask(AnswerAsync));
            }
            else
            {
                ReceiveAsync<string>(_ => AnswerAsync());
            }
        }

        private async Task AnswerAsync()
        {
            await Task.Yield();
            Sender.Tell(Self);
        }
    }

    private sealed class LeavesContext : ReceiveActor
    {
        public LeavesContext() => ReceiveAsync<string>(async text =>
        {
            var sender = Sender;
            await Task.Run(() => { }).ConfigureAwait(false);
            sender.Tell(text);
        });
    }

    private sealed class MakesChild : ReceiveActor
    {
        public MakesChild(IActorRef observer, bool isInTask)
        {
            Receive<string>(observer.Tell);
            if (isInTask)
            {
                RunTask(Make);
            }
            else
            {
                Make();
            }
        }

        private static void Make() => Context.ActorOf(Props.Create(() => new Starting()));
    }

    private sealed class Starting : UntypedActor
    {
        protected override void PreStart() => Context.Parent.Tell("started");

        protected override void OnReceive(object message)
        {
        }
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
