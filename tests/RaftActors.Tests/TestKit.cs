namespace RaftActors.Tests;

/// <summary>
/// Akka's TestKit with waits for a busy machine. A wait ends as soon as it has what it waits for, so a long one costs only a failing test
/// time. The three seconds of Akka's own are not enough when the processors serve other tests.
/// </summary>
public abstract class TestKit : Akka.TestKit.Xunit2.TestKit
{
    private static readonly Config Timing =
        "akka.test { single-expect-default = 60s, filter-leeway = 60s, default-timeout = 60s }";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly bool _isShared;

    protected TestKit()
        : this(Config.Empty)
    {
    }

    protected TestKit(Config config)
        : base(config.WithFallback(Timing))
    {
    }

    /// <summary>For tests that leave nothing in an actor system but actors.</summary>
    /// <param name="config">The same for all tests of the class.</param>
    protected TestKit(SharedSystem shared, Config? config = null)
        : base(shared.Of(config ?? Config.Empty)) => _isShared = true;

    /// <summary>
    /// Filters of the log, which hear the first event. Akka subscribes its logger to the events on another thread, at times after the test
    /// has begun.
    /// </summary>
    public new EventFilterFactory EventFilter
    {
        get
        {
            var logger = Sys.ActorSelection($"/system/log*-{nameof(TestEventListener)}").ResolveOne(TimeSpan.FromMinutes(1)).Result;
            foreach (var level in Enum.GetValues<LogLevel>().Where(level => level >= Sys.EventStream.LogLevel))
            {
                Sys.EventStream.Subscribe(logger, Logging.ClassFor(level));
            }

            return base.EventFilter;
        }
    }

    /// <summary>Asks in short pauses. Akka's are a tenth of the longest wait.</summary>
    public void AwaitCondition(Func<bool> isFulfilled, TimeSpan? max = null) => base.AwaitCondition(isFulfilled, max, Pause);

    /// <summary>Asserts in short pauses, until it holds.</summary>
    public void AwaitAssert(Action assertion, TimeSpan max) => base.AwaitAssert(assertion, max, Pause);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Akka's own would end the actor system.
        if (_isShared)
        {
            Sys.Stop(TestActor);
        }
        else
        {
            base.Dispose(disposing);
        }
    }

    /// <summary>One actor system for the tests of a class, which run one after the other: its start takes longer than they do.</summary>
    public sealed class SharedSystem : IDisposable
    {
        private ActorSystem? _system;

        public void Dispose() => _system?.Terminate().Wait(TimeSpan.FromMinutes(1));

        internal ActorSystem Of(Config config) =>
            _system ??= ActorSystem.Create("test", config.WithFallback(Timing).WithFallback(DefaultConfig));
    }
}
