using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

namespace Akka.Embedded.Tests.Actor;

/// <summary>A base class with an actor system for each test, without logging. Only the test moves its clock.</summary>
public abstract class ActorTest : IAsyncLifetime
{
    /// <summary>Ends a failing test. No result depends on its length.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected ActorTest(string configuration = "")
    {
        Config quiet = ConfigurationFactory.ParseString(
            """
            akka.loggers = []
            akka.stdout-loglevel = OFF
            akka.loglevel = DEBUG
            akka.scheduler.implementation = "VirtualTime.VirtualScheduler, Akka.Embedded.Tests"
            """);
        System = ActorSystem.Create("test", ConfigurationFactory.ParseString(configuration).WithFallback(quiet));
    }

    protected ActorSystem System { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => System.Terminate().WaitAsync(Patience);

    protected void Advance(int milliseconds) => ((TestScheduler)System.Scheduler).Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Creates an actor that stores its messages in order for the test.</summary>
    internal Collector NewCollector() => new(System);

    /// <summary>Creates an actor from a function.</summary>
    internal IActorRef NewActor(Action<IActorContext, object> receive, string? name = null) =>
        System.ActorOf(Props.Create(() => new FunctionActor(receive)), name);
}
