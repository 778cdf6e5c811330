using Akka.Event;

namespace Akka.TestKit;

/// <summary>The logger of a system under test: writes the log, but for the events that a filter takes.</summary>
public class TestEventListener : DefaultLogger
{
    private readonly List<EventCounter> _counters = [];

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                initialize.LoggingBus.Subscribe(Self, typeof(Command));
                initialize.LoggingBus.Subscribe(Self, typeof(DeadLetter));
                return base.Receive(message);
            case Mute mute:
                _counters.Add(mute.Counter);
                return true;
            case Unmute unmute:
                _counters.Remove(unmute.Counter);
                return true;
            case Flush flush:
                flush.Done.SetResult();
                return true;
            case LogEvent or DeadLetter when IsTaken(message):
                return true;
            default:
                return message is DeadLetter || base.Receive(message); // Letters are here for the filters alone.
        }
    }

    /// <summary>The filter that was set last is asked first.</summary>
    private bool IsTaken(object happening) => _counters.FindLast(counter => counter.Takes(happening)) is not null;

    internal abstract class Command;

    internal sealed class Mute(EventCounter counter) : Command
    {
        public EventCounter Counter { get; } = counter;
    }

    internal sealed class Unmute(EventCounter counter) : Command
    {
        public EventCounter Counter { get; } = counter;
    }

    /// <summary>Is answered when all is counted that was published before it.</summary>
    internal sealed class Flush : Command
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
