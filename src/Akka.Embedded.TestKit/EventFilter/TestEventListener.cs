using Akka.Event;

namespace Akka.TestKit;

/// <summary>The logger of a system under test. It logs all events except those that a filter takes.</summary>
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
                return message is DeadLetter || base.Receive(message); // Only filters need dead letters; they are not logged.
        }
    }

    /// <summary>Asks the filters for an event, the oldest first.</summary>
    private bool IsTaken(object happening) => _counters.Exists(counter => counter.Takes(happening));

    internal abstract class Command;

    internal sealed class Mute(EventCounter counter) : Command
    {
        public EventCounter Counter { get; } = counter;
    }

    internal sealed class Unmute(EventCounter counter) : Command
    {
        public EventCounter Counter { get; } = counter;
    }

    /// <summary>A request to the logger. It replies when all earlier events are counted.</summary>
    internal sealed class Flush : Command
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
