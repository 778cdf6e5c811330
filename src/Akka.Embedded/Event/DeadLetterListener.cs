using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// Logs dead letters, as many as <c>akka.log-dead-letters</c> says (on: all, off: none); then none for
/// <c>akka.log-dead-letters-suspend-duration</c>, and so on.
/// </summary>
internal sealed class DeadLetterListener : ReceiveActor
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly int _mostInARow;
    private readonly TimeSpan _pause;
    private TimeSpan? _silentUntil;
    private int _inARow;
    private long _count;

    public DeadLetterListener(int mostInARow, TimeSpan pause)
    {
        _mostInARow = mostInARow;
        _pause = pause;
        Receive<DeadLetter>(Log);
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    private void Log(DeadLetter letter)
    {
        _count++;
        TimeSpan now = Context.System.Scheduler.MonotonicClock;
        if (_silentUntil is { } end && now < end)
        {
            return;
        }

        _silentUntil = null;
        bool isLast = ++_inARow == _mostInARow;
        _log.Info(
            "Message [{0}] from {1} to {2} was not delivered. [{3}] dead letters encountered{4}. "
            + "This logging can be turned off or adjusted with configuration settings 'akka.log-dead-letters' "
            + "and 'akka.log-dead-letters-during-shutdown'.",
            letter.Message.GetType().Name,
            letter.Sender,
            letter.Recipient,
            _count,
            isLast ? $", no more will be logged for {_pause}" : "");
        if (isLast)
        {
            _silentUntil = _pause == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : now + _pause;
            _inARow = 0;
        }
    }
}
