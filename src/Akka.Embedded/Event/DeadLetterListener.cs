using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// Logs dead letters and unhandled messages, up to the number of <c>akka.log-dead-letters</c> (on: all, off: none). Then it pauses
/// for <c>akka.log-dead-letters-suspend-duration</c> and starts again.
/// </summary>
internal sealed class DeadLetterListener : ReceiveActor
{
    private readonly int _mostInARow;
    private readonly TimeSpan _pause;
    private TimeSpan? _silentUntil;
    private int _inARow;
    private long _count;

    public DeadLetterListener(int mostInARow, TimeSpan pause)
    {
        _mostInARow = mostInARow;
        _pause = pause;
        Receive<AllDeadLetters>(Log);
    }

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));
    }

    private void Log(AllDeadLetters letter)
    {
        _count++;
        var now = Context.System.Scheduler.MonotonicClock;
        if (_silentUntil is { } end && now < end)
        {
            return;
        }

        _silentUntil = null;
        var isLast = ++_inARow == _mostInARow;
        var fate = letter is UnhandledMessage ? "was unhandled" : "was not delivered";
        var pause = isLast ? $", no more will be logged for {_pause}" : "";
        Context.System.EventStream.Publish(new Info(
            letter.Recipient.Path.ToString(),
            letter.Recipient.GetType(),
            $"Message [{letter.Message.GetType().Name}] from {letter.Sender} to {letter.Recipient} {fate}. [{_count}] dead letters "
            + $"encountered{pause}. This logging can be turned off or adjusted with configuration settings 'akka.log-dead-letters' "
            + "and 'akka.log-dead-letters-during-shutdown'."));
        if (isLast)
        {
            _silentUntil = _pause == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : now + _pause;
            _inARow = 0;
        }
    }
}
