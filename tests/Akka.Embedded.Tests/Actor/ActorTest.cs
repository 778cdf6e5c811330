using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

namespace Akka.Embedded.Tests.Actor;

/// <summary>A quiet actor system for each test. Its clock stands still until the test moves it.</summary>
public abstract class ActorTest : IAsyncLifetime
{
    /// <summary>Only a failing test waits so long.</summary>
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

    /// <summary>An actor that keeps what it receives, for the test to take in order.</summary>
    internal Collector NewCollector() => new(System);

    /// <summary>An actor made of one function.</summary>
    internal IActorRef NewActor(Action<IActorContext, object> receive, string? name = null) =>
        System.ActorOf(Props.Create(() => new FunctionActor(receive)), name);
}
