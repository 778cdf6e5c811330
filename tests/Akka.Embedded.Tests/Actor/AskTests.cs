using Akka.Actor;
using Akka.Event;

namespace Akka.Embedded.Tests.Actor;

public sealed class AskTests : ActorTest
{
    private readonly IActorRef _echo;
    private readonly IActorRef _silent;

    public AskTests()
    {
        _echo = NewActor((context, message) => context.Sender.Tell(message, context.Self));
        _silent = NewActor((_, _) => { });
    }

    [Fact]
    public async Task Ask_gives_the_answer()
    {
        Assert.Equal(42, await _echo.Ask<int>(42, Patience));
    }

    [Fact]
    public async Task Ask_without_an_answer_in_time_fails()
    {
        await Assert.ThrowsAsync<AskTimeoutException>(() => _silent.Ask<int>(42, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Ask_that_is_cancelled_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        var answer = _silent.Ask<int>(42, source.Token);

        source.Cancel();

        await Assert.ThrowsAsync<TaskCanceledException>(() => answer.WaitAsync(Patience));
    }

    [Fact]
    public async Task Ask_for_a_Failure_returns_it()
    {
        var failure = new Status.Failure(new InvalidOperationException("no"));

        Assert.Same(failure, await _echo.Ask<Status.Failure>(failure, Patience));
    }

    [Fact]
    public async Task Second_answer_becomes_a_dead_letter()
    {
        var letters = NewCollector();
        System.EventStream.Subscribe<DeadLetter>(letters.Ref);
        IActorRef twice = NewActor((context, _) =>
        {
            context.Sender.Tell("first");
            context.Sender.Tell("second");
        });

        Assert.Equal("first", await twice.Ask("go", Patience));

        Assert.Equal("second", (await letters.Next<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Reference_of_an_Ask_is_found_by_its_path_until_the_reply()
    {
        IActorRefProvider provider = ((ExtendedActorSystem)System).Provider;
        IActorRef asker = null!;

        Assert.Equal("answer", await _echo.Ask<string>(
            self =>
            {
                asker = self;
                Assert.Same(self, provider.ResolveActorRef(self.Path.ToSerializationFormat()));
                return "answer";
            },
            Patience,
            CancellationToken.None));

        Assert.Equal("akka://test/temp", asker.Path.Parent.ToString());
        Assert.NotSame(asker, provider.ResolveActorRef(asker.Path));
    }

    [Fact]
    public async Task PipeTo_sends_the_result()
    {
        var collector = NewCollector();

        await Task.FromResult("result").PipeTo(collector.Ref, _echo);

        await collector.Expects("result");
        Assert.Equal(_echo, collector.LastSender);
    }

    [Fact]
    public async Task PipeTo_of_a_failed_task_sends_the_failure()
    {
        var collector = NewCollector();
        var cause = new InvalidOperationException("no");

        await Task.FromException<string>(cause).PipeTo(collector.Ref);
        await Task.FromException(cause).PipeTo(collector.Ref, failure: exception => exception.Message);

        Assert.Same(cause, (await collector.Next<Status.Failure>()).Cause);
        await collector.Expects("no");
    }

    [Fact]
    public async Task PipeTo_of_a_task_without_a_result_sends_the_result_of_success()
    {
        var collector = NewCollector();

        await Task.CompletedTask.PipeTo(collector.Ref);
        await Task.CompletedTask.PipeTo(collector.Ref, success: () => "done");

        await collector.Expects("done");
    }
}
