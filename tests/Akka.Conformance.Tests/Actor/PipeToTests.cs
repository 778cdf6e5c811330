using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class PipeToTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly TaskCompletionSource<string> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public void Result_is_sent_with_the_given_sender()
    {
        var probe = CreateTestProbe();
        _source.Task.PipeTo(TestActor, probe);

        _source.SetResult("done");

        ExpectMsg("done");
        Assert.Equal(probe.Ref, LastSender);
    }

    [Fact]
    public void Failure_is_sent_as_a_status()
    {
        _source.Task.PipeTo(TestActor);

        _source.SetException(new InvalidOperationException("as told"));

        ExpectMsg<Status.Failure>(failure => Assert.Equal("as told", failure.Cause.GetBaseException().Message));
    }

    [Fact]
    public void Cancelled_task_is_sent_as_a_failure()
    {
        _source.Task.PipeTo(TestActor);

        _source.SetCanceled();

        ExpectMsg<Status.Failure>(failure => Assert.IsAssignableFrom<OperationCanceledException>(failure.Cause.GetBaseException()));
    }

    [Fact]
    public void Result_and_failure_can_be_transformed()
    {
        _source.Task.PipeTo(TestActor, success: text => $"got {text}");
        Task.FromException<string>(new InvalidOperationException("as told"))
            .PipeTo(TestActor, failure: cause => $"failed: {cause.GetBaseException().Message}");
        _source.SetResult("it");

        ExpectMsgAllOf("got it", "failed: as told");
    }

    [Fact]
    public void Task_without_a_result_sends_nothing_unless_it_fails()
    {
        Task.CompletedTask.PipeTo(TestActor);
        Task.CompletedTask.PipeTo(TestActor, success: () => "done");
        ExpectMsg("done");

        Task.FromException(new InvalidOperationException("as told")).PipeTo(TestActor);

        ExpectMsg<Status.Failure>();
    }

    [Fact]
    public void Completed_task_is_sent_at_once()
    {
        Task.FromResult("done").PipeTo(TestActor);

        ExpectMsg("done");
    }

    [Fact]
    public void ValueTask_is_sent_like_a_task()
    {
        var failed = new InvalidOperationException("as told");

        new ValueTask<string>("done").PipeTo(TestActor);
        new ValueTask<string>(_source.Task).PipeTo(TestActor, success: text => $"got {text}");
        ValueTask.CompletedTask.PipeTo(TestActor);
        ValueTask.CompletedTask.PipeTo(TestActor, success: () => "completed");
        ValueTask.FromException<string>(failed).PipeTo(TestActor, failure: cause => $"failed: {cause.GetBaseException().Message}");
        _source.SetResult("it");

        ExpectMsgAllOf("done", "got it", "completed", "failed: as told");
        ValueTask.FromException(failed).PipeTo(TestActor);
        ExpectMsg<Status.Failure>(failure => Assert.Same(failed, failure.Cause.GetBaseException()));
    }
}
