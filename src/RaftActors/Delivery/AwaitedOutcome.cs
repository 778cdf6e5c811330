using Akka.Actor;

using RaftActors.Settings;

namespace RaftActors.Delivery;

/// <summary>
/// The caller of an actor's Append or Query that has a task. It gets the outcome in the place of a <c>replyTo</c>, so exactly once, and
/// HandleCancel is not called.
/// </summary>
internal abstract class AwaitedOutcome : ICanTell
{
    public abstract void Tell(object message, IActorRef sender);
}

/// <inheritdoc/>
internal sealed class AwaitedOutcome<T> : AwaitedOutcome
{
    private readonly TaskCompletionSource<Outcome<T>> _ended = new(Machine.Current.Completion);

    public Task<Outcome<T>> Task => _ended.Task;

    public override void Tell(object message, IActorRef sender)
    {
        Outcome<T> outcome;
        try
        {
            outcome = ((IOutcome)message).As<T>();
        }
        catch (InvalidOperationException e)
        {
            // HandleQuery returned an answer of another type.
            _ended.SetException(e);
            return;
        }

        _ended.SetResult(outcome);
    }
}
