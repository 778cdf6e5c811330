using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class BecomeTests : Akka.TestKit.Xunit2.TestKit
{
    /// <summary>
    /// Each character is a command: 2 and 3 become the second and third behaviour, b and c push them, p pops, ? asks which it is,
    /// and x fails. The constructor executes the first text, and messages the second one.
    /// </summary>
    [Theory]
    [InlineData("", "2?", "2")]
    [InlineData("", "23p?", "1")]
    [InlineData("", "bcp?", "2")]
    [InlineData("", "bcpp?", "1")]
    [InlineData("", "b3p?", "1")]
    [InlineData("", "?2?x?", "121")]
    [InlineData("", "cx?", "1")]
    [InlineData("2", "?", "2")]
    [InlineData("23", "?p?", "31")]
    [InlineData("b", "?p?", "21")]
    [InlineData("bc", "?p?p?", "321")]
    [InlineData("b", "px?", "2")]
    public void Behaviours_replace_each_other_or_are_stacked(string inConstructor, string inMessages, string expected)
    {
        foreach (var props in (Props[])
                 [Props.Create(() => new Untyped(inConstructor)), Props.Create(() => new Receiving(inConstructor))])
        {
            var actor = Sys.ActorOf(props);

            foreach (var command in inMessages)
            {
                actor.Tell(command, TestActor);
            }

            foreach (var behaviour in expected)
            {
                ExpectMsg(behaviour);
            }
        }
    }

    [Fact]
    public void Handlers_of_the_behaviour_that_was_named_first_count_when_it_names_another_at_once()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Nested()));
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));

        actor.Tell("begin", TestActor);
        actor.Tell(7, TestActor);
        actor.Tell(true, TestActor);

        ExpectMsg<Akka.Event.UnhandledMessage>(unhandled => Assert.Equal(7, unhandled.Message));
        ExpectMsg("first: True");
    }

    private sealed class Untyped : UntypedActor
    {
        public Untyped(string commands) => commands.ToList().ForEach(command => Obey(command, '1'));

        protected override void OnReceive(object message) => Obey((char)message, '1');

        private void Second(object message) => Obey((char)message, '2');

        private void Third(object message) => Obey((char)message, '3');

        private void Obey(char command, char behaviour)
        {
            switch (command)
            {
                case '2':
                    Become(Second);
                    break;
                case '3':
                    Become(Third);
                    break;
                case 'b':
                    BecomeStacked(Second);
                    break;
                case 'c':
                    BecomeStacked(Third);
                    break;
                case 'p':
                    UnbecomeStacked();
                    break;
                case 'x':
                    throw new InvalidOperationException("as told");
                default:
                    Sender.Tell(behaviour);
                    break;
            }
        }
    }

    private sealed class Receiving : ReceiveActor
    {
        public Receiving(string commands)
        {
            Handle('1');
            commands.ToList().ForEach(command => Obey(command, '1'));
        }

        private void Handle(char behaviour) => Receive<char>(command => Obey(command, behaviour));

        private void Obey(char command, char behaviour)
        {
            switch (command)
            {
                case '2' or '3':
                    Become(() => Handle(command));
                    break;
                case 'b' or 'c':
                    BecomeStacked(() => Handle(command == 'b' ? '2' : '3'));
                    break;
                case 'p':
                    UnbecomeStacked();
                    break;
                case 'x':
                    throw new InvalidOperationException("as told");
                default:
                    Sender.Tell(behaviour);
                    break;
            }
        }
    }

    private sealed class Nested : ReceiveActor
    {
        public Nested() => Receive<string>(_ => Become(First));

        private void First()
        {
            Receive<bool>(message => Sender.Tell($"first: {message}"));
            Become(Second);
        }

        private void Second() => Receive<int>(message => Sender.Tell($"second: {message}"));
    }
}
