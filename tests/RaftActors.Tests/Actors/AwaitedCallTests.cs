namespace RaftActors.Tests.Actors;

/// <summary>The calls of an actor that end as a task, and what HandleCancel is told of the others.</summary>
public sealed class AwaitedCallTests : ScriptedActorTest
{
    private static readonly RaftFailure Busy = RaftFailure.NotDone(FailureReason.Busy, "The test says so.");

    [Fact]
    public void Outcome_comes_to_the_actor_that_pipes_the_task_to_itself()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Caller(Watcher)));
        Group.Found();

        actor.Tell(new Do(caller => caller.Own.AppendAsync("key", "value").PipeTo(caller.Me)));
        Group.Commit(Asked.ExpectMsg<FromActor<string>.Append>());

        var done = Watcher.ExpectMsg<Outcome<int>>();
        Assert.Equal((new Serial(3), 5), (done.Serial, done.Result));
    }

    [Fact]
    public void Task_ends_and_HandleCancel_is_not_called()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Caller(Watcher)));
        Group.Found();

        actor.Tell(new Do(caller => caller.Own.AppendAsync("key", "value").PipeTo(caller.Me)));
        Group.Cancel(Asked.ExpectMsg<FromActor<string>.Append>().Request, Busy);
        Assert.Equal(Busy, Watcher.ExpectMsg<Outcome<int>>().Failure);
        actor.Tell(new Do(caller => caller.Own.QueryAsync(new Question()).PipeTo(caller.Me)));
        Group.Cancel(Asked.ExpectMsg<FromActor<string>.Query>().Request, Busy);

        Assert.Equal(Busy, Watcher.ExpectMsg<Outcome<string>>().Failure);
        ExpectNothing();
    }

    [Fact]
    public void HandleCancel_is_told_what_was_asked()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Caller(Watcher)));
        Group.Found();

        actor.Tell(new Do(caller => caller.Own.Append("key", "value")));
        Cancel(Asked.ExpectMsg<FromActor<string>.Append>().Request, new(CallKind.Append, default, Busy) { Key = "key" });
        actor.Tell(new Do(caller => caller.Own.AppendMany([("one", "value"), ("two", "value")])));
        Cancel(Asked.ExpectMsg<FromActor<string>.AppendMany>().Request, new(CallKind.Append, default, Busy));
        actor.Tell(new Do(caller => caller.Own.Get(new Serial(2))));
        Cancel(Asked.ExpectMsg<FromActor<string>.Get>().Request, new(CallKind.Get, default, Busy) { Serial = new Serial(2) });
        actor.Tell(new Do(caller => caller.Own.Query(new Question())));
        Cancel(Asked.ExpectMsg<FromActor<string>.Query>().Request, new(CallKind.Query, default, Busy) { Question = new Question() });

        void Cancel(RequestRef request, CanceledCall expected)
        {
            Group.Cancel(request, Busy);
            Watcher.ExpectMsg(expected with { Request = request });
        }
    }

    // Its own outcome could not reach the actor, whose mailbox waits for the handler.
    [Fact]
    public void Async_handler_may_not_await_its_own_actor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Caller(Watcher)));
        Group.Found();

        actor.Tell(1);

        Watcher.ExpectMsg<string>(text => Assert.StartsWith("AppendAsync of ", text));
        Watcher.ExpectMsg<string>(text => Assert.Contains("async handler", text));
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Call_of_the_log_is_refused()
    {
        Sys.ActorOf(Props.Create(() => new Caller(Watcher)));
        Group.Found();

        Group.Commit("call", "value");

        Watcher.ExpectMsg<string>(text => Assert.StartsWith("QueryAsync was called in HandleAppend", text));
    }

    [Fact]
    public void Call_of_the_constructor_of_an_actor_that_cannot_start_ends()
    {
        var asker = CreateTestProbe("asker");
        Sys.ActorOf(Props.Create(() => new Early(Watcher, asker)));
        Asked.ExpectMsg<FromActor<string>.Append>();

        // Another actor is the process already.
        EventFilter.Exception<ActorInitializationException>().ExpectOne(
            () => Sys.ActorOf(Props.Create(() => new Early(Watcher, asker))));

        Assert.Equal(FailureReason.Stopped, Watcher.ExpectMsg<Outcome<int>>().Failure?.Reason);
        Assert.Equal(FailureReason.Unavailable, asker.ExpectMsg<Outcome<string>>().Failure?.Reason);
    }

    private sealed record Do(Action<Caller> Run);

    private sealed record Question : IRaftQuestion<string>;

    private sealed class Caller : RaftActor<string, int>
    {
        private readonly IActorRef _watcher;

        public Caller(IActorRef watcher)
        {
            _watcher = watcher;
            Receive<Do>(what => what.Run(this));
            ReceiveAsync<int>(async _ =>
            {
                Try(() => Group.AppendAsync("key", "value"));
                await Task.Yield();
                Try(() => Group.QueryAsync(new Question()));
            });
            ReceiveAny(watcher.Forward);
        }

        public RaftContext<string, int> Own => Group;

        public IActorRef Me => Self;

        protected override int HandleAppend(Entry<string> entry)
        {
            if (entry.Key == "call")
            {
                Try(() => Group.QueryAsync(new Question()));
            }

            return entry.Value.Length;
        }

        // So that the actor may Get.
        protected override void HandleMissing(SerialRange gap)
        {
        }

        protected override void HandleCancel(CanceledCall call) => _watcher.Tell(call);

        private void Try(Action call)
        {
            try
            {
                call();
            }
            catch (InvalidOperationException e)
            {
                _watcher.Tell(e.Message);
            }
        }
    }

    private sealed class Early : RaftActor<string, int>
    {
        public Early(IActorRef appender, IActorRef asker)
            : base(new() { Name = "early" })
        {
            Group.AppendAsync("key", "value").PipeTo(appender);
            Group.QueryAsync(new Question()).PipeTo(asker);
        }

        protected override int HandleAppend(Entry<string> entry) => 0;
    }
}
