using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>
/// Runs engines and the registry. A thread that reads messages runs the engine itself when it would otherwise wait for the next message,
/// because a thread of the pool would have to wake up for it. So three idle processes wake 207 times a second instead of some 480 times.
/// All other runs are on the thread pool.
/// </summary>
internal sealed class EngineDispatcher : MessageDispatcher
{
    /// <summary>The id for <see cref="Props.WithDispatcher"/>.</summary>
    public const string DispatcherId = "raft.engine-dispatcher";

    // The throughput of Akka's default dispatcher.
    private const int MessagesPerRun = 30;

    [ThreadStatic]
    private static Offer _offer;

    private EngineDispatcher(MessageDispatcherConfigurator configurator)
        : base(configurator) => Throughput = MessagesPerRun;

    /// <summary>Adds the dispatcher to an actor system. Call it before the first engine starts.</summary>
    public static void AddTo(ActorSystem system) =>
        system.Dispatchers.RegisterConfigurator(DispatcherId, new EngineConfigurator(system.Dispatchers.Prerequisites));

    /// <summary>
    /// Begins an offer of this thread. The next idle engine that gets a message from this thread waits until <see cref="EndOffer"/>.
    /// Others run on the pool.
    /// </summary>
    public static void BeginOffer() => _offer = new Offer(IsOpen: true, Run: null);

    /// <summary>Ends the offer of this thread. Does nothing without one.</summary>
    /// <param name="isTaken">True to run the engine now, on this thread. False to run it on the pool.</param>
    public static void EndOffer(bool isTaken)
    {
        // The run itself may tell other engines, or the same one again. Those runs go to the pool, so that this thread returns.
        var run = _offer.Run;
        _offer = default;
        if (run is not null && isTaken)
        {
            run.Run();
        }
        else if (run is not null)
        {
            Queue(run);
        }
    }

    protected override void ExecuteTask(IRunnable run)
    {
        if (_offer is { IsOpen: true, Run: null })
        {
            _offer = new Offer(IsOpen: true, run);
        }
        else
        {
            Queue(run);
        }
    }

    protected override void Shutdown()
    {
    }

    // The pool's global queue is first in, first out.
    private static void Queue(IRunnable run) => Machine.Current.Queue(run);

    private readonly record struct Offer(bool IsOpen, IRunnable? Run);

    private sealed class EngineConfigurator : MessageDispatcherConfigurator
    {
        private readonly EngineDispatcher _dispatcher;

        public EngineConfigurator(IDispatcherPrerequisites prerequisites)
            : base(Config.Empty, prerequisites) => _dispatcher = new EngineDispatcher(this);

        public override MessageDispatcher Dispatcher() => _dispatcher;
    }
}
