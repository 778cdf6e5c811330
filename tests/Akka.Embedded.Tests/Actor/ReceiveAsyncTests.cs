using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

public sealed class ReceiveAsyncTests : ActorTest
{
    [Fact]
    public async Task Message_waits_until_the_asynchronous_handler_has_ended()
    {
        var collector = NewCollector();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = System.ActorOf(Props.Create(() => new Waiting(collector.Ref, gate.Task)));

        actor.Tell("first");
        actor.Tell(2);
        await collector.Expects("begin first");
        gate.SetResult();

        await collector.Expects("end first", "number 2");
    }

    [Fact]
    public async Task Code_after_an_await_has_the_same_context_self_and_sender()
    {
        var actor = System.ActorOf(Props.Create(() => new Remembering()), "remembering");
        var asker = NewCollector();

        actor.Tell("go", asker.Ref);

        await asker.Expects("akka://test/user/remembering");
    }

    [Fact]
    public async Task Failure_after_an_await_restarts_the_actor()
    {
        var collector = NewCollector();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = System.ActorOf(Props.Create(() => new Failing(collector.Ref, gate.Task)));

        actor.Tell("fail");
        actor.Tell("then");
        gate.SetResult();

        await collector.Expects("restart for fail: behind the await", "then");
    }

    [Fact]
    public async Task Stop_during_an_asynchronous_handler_ends_the_actor_without_waiting()
    {
        var collector = NewCollector();
        var never = new TaskCompletionSource();
        var actor = System.ActorOf(Props.Create(() => new Waiting(collector.Ref, never.Task)));
        actor.Tell("first");
        await collector.Expects("begin first");

        collector.Ref.Tell(new Watched(actor));
        System.Stop(actor);

        await collector.Next<Watched>();
        Assert.Equal(actor, (await collector.Next<Terminated>()).ActorRef);
    }

    private sealed class Waiting : ReceiveActor
    {
        public Waiting(IActorRef log, Task gate)
        {
            ReceiveAsync<string>(async text =>
            {
                log.Tell($"begin {text}");
                await gate;
                log.Tell($"end {text}");
            });
            Receive<int>(number => log.Tell($"number {number}"));
        }
    }

    private sealed class Remembering : ReceiveActor
    {
        public Remembering() => ReceiveAnyAsync(async _ =>
        {
            await Task.Yield();
            await Task.Run(() => { });
            Context.Sender.Tell(Context.Self.Path.ToString());
        });
    }

    private sealed class Failing : ReceiveActor
    {
        private readonly IActorRef _log;

        public Failing(IActorRef log, Task gate)
        {
            _log = log;
            ReceiveAsync<string>(
                async _ =>
                {
                    await gate;
                    throw new InvalidOperationException("behind the await");
                },
                text => text == "fail");
            ReceiveAny(log.Tell);
        }

        protected override void PreRestart(Exception reason, object? message) => _log.Tell($"restart for {message}: {reason.Message}");
    }
}
