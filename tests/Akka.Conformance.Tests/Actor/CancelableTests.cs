using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class CancelableTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    [Fact]
    public void Cancel_sets_the_token_and_runs_the_callbacks_once()
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        var calls = 0;
        cancelable.Token.Register(() => calls++);
        Assert.False(cancelable.IsCancellationRequested);

        cancelable.Cancel();
        cancelable.Cancel();

        Assert.True(cancelable.IsCancellationRequested);
        Assert.True(cancelable.Token.IsCancellationRequested);
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void Failed_callback_ends_the_others_when_the_first_exception_is_to_be_thrown(bool throwOnFirst, int expected)
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        var calls = 0;
        cancelable.Token.Register(Fail);
        cancelable.Token.Register(Fail);

        Assert.ThrowsAny<Exception>(() => cancelable.Cancel(throwOnFirst));

        Assert.Equal(expected, calls);

        void Fail()
        {
            calls++;
            throw new InvalidOperationException("as told");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CancelAfter_cancels_after_its_delay(bool isInMilliseconds)
    {
        using var cancelable = new Cancelable(Sys.Scheduler);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cancelable.Token.Register(cancelled.SetResult);

        if (isInMilliseconds)
        {
            cancelable.CancelAfter(1);
        }
        else
        {
            cancelable.CancelAfter(TimeSpan.FromMilliseconds(1));
        }

        await cancelled.Task.WaitAsync(Guard);
        Assert.True(cancelable.IsCancellationRequested);
    }

    [Fact]
    public void Cancelled_actions_and_messages_are_never_run()
    {
        var (action, message) = (new Cancelable(Sys.Scheduler), new Cancelable(Sys.Scheduler));
        var tick = TimeSpan.FromMilliseconds(1);
        action.Cancel();
        message.Cancel();

        Sys.Scheduler.Advanced.ScheduleOnce(tick, () => TestActor.Tell("once"), action);
        Sys.Scheduler.Advanced.ScheduleRepeatedly(tick, tick, () => TestActor.Tell("repeatedly"), action);
        Sys.Scheduler.ScheduleTellOnce(tick, TestActor, "told once", ActorRefs.NoSender, message);
        Sys.Scheduler.ScheduleTellRepeatedly(tick, tick, TestActor, "told repeatedly", ActorRefs.NoSender, message);
        Sys.Scheduler.ScheduleTellOnce(20 * tick, TestActor, "last", ActorRefs.NoSender);

        ExpectMsg("last");
    }

    [Fact]
    public void Repeated_message_ends_when_its_cancelable_is_cancelled()
    {
        var tick = TimeSpan.FromMilliseconds(1);
        var repeated = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(tick, tick, TestActor, "tick", ActorRefs.NoSender);
        ExpectMsg("tick");
        ExpectMsg("tick");

        repeated.Cancel();
        Sys.Scheduler.ScheduleTellOnce(20 * tick, TestActor, "mark", ActorRefs.NoSender);
        FishForMessage<string>(message => message == "mark");
        Sys.Scheduler.ScheduleTellOnce(20 * tick, TestActor, "last", ActorRefs.NoSender);

        ExpectMsg("last");
    }
}
