namespace RaftActors.Tests.Actors;

/// <summary>Each Query of an actor ends once.</summary>
public sealed class RaftActorQueryTests : ScriptedActorTest
{
    [Fact]
    public void Query_fails_with_the_life_that_was_asked_and_the_next_does_not_answer_it()
    {
        var actor = Start();
        actor.Tell(new Recorder.Query("how far?"), TestActor);
        var query = Asked.ExpectMsg<FromActor<string>.Query>();
        Group.Confirm(query);
        actor.Tell(new InvalidOperationException("a restart"));
        ExpectFailureOf(query.Request);

        Group.BuildQuorum(withActor: false);

        Expect("started", "started", "quorum of 2, learner", "append 1 key1=value1", "append 2 key2=value2");
        ExpectNothing();
    }

    [Fact]
    public void Query_of_an_actor_that_does_not_override_HandleQuery_fails_with_the_reason()
    {
        var silent = Sys.ActorOf(Props.Create(() => new Silent()), "silent");
        silent.Tell("a question", TestActor);
        Group.Confirm(Asked.ExpectMsg<FromActor<string>.Query>());

        Assert.StartsWith("This actor answers no queries", ExpectMsg<Outcome<object?>>().NotDone().Detail);
    }

    [Fact]
    public void Query_of_an_actor_that_stops_fails()
    {
        var actor = Start();
        actor.Tell(new Recorder.Query("how far?"), TestActor);
        var query = Asked.ExpectMsg<FromActor<string>.Query>();
        Sys.Stop(actor);

        ExpectFailureOf(query.Request);
    }

    private void ExpectFailureOf(RequestRef request)
    {
        var outcome = ExpectMsg<Outcome<object?>>();
        Assert.Equal((request, FailureReason.Unavailable), (outcome.Request, outcome.NotDone().Reason));
    }

    private sealed class Silent : RaftActor<string>
    {
        public Silent()
            : base(new RaftOptions<string> { LastSerial = new Serial(2) }) =>
            Receive<string>(question => Group.Query(question, replyTo: Sender));

        protected override object? HandleAppend(Entry<string> entry) => null;
    }
}
