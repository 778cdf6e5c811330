using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The supervisor of the root guardian. It completes the termination, and stops the system when a guardian fails.</summary>
internal sealed class RootSupervisorRef(LocalActorRefProvider provider) : InternalActorRef
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public override ActorPath Path { get; } = provider.RootPath / "bubble-walker";

    public override LocalActorRefProvider Provider => provider;

    public override void SendSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                provider.System.EventStream.Publish(
                    new Event.Error(failed.Cause, Path.ToString(), GetType(), $"guardian {failed.Child} failed, shutting down!"));
                failed.Child.Stop();
                break;
            case DeathWatchNotification:
                _ended.TrySetResult();
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
    }
}
