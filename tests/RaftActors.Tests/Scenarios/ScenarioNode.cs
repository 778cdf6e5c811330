using System.Globalization;

using Akka.Dispatch;

using RaftActors.Testing.Simulation;

namespace RaftActors.Tests.Scenarios;

/// <summary>
/// An actor system whose actors run as turns of the scenario. While Akka.NET starts or ends the system it waits for its own actors, so
/// these run on the thread pool.
/// </summary>
internal sealed class ScenarioNode : IDisposable
{
    /// <summary>The place of the engines, for <see cref="ScenarioTurns.Pause"/>. That of another actor is its name.</summary>
    public const string EnginePlace = "engine";

    private const string Key = "scenario.node";

    // An actor that never stops keeps its memory, and no more.
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(5);

    // The configuration names its node, because Akka.NET makes dispatchers and schedulers.
    private static readonly ConcurrentDictionary<string, ScenarioNode> Starting = new();
    private static readonly Config Fixed = ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = []
          log-dead-letters = off
          scheduler.implementation = "{{typeof(ScenarioScheduler).AssemblyQualifiedName}}"
          actor {
            default-dispatcher { type = "{{typeof(TurnDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
            internal-dispatcher { type = "{{typeof(TurnDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
          }
          coordinated-shutdown { run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off, exit-clr = off }
        }
        raft { address = node, transport-tcp.hostname = localhost, discovery-interval = 1h, founding-timeout = 1h }
        """)
        .WithFallback(Raft.DefaultConfig());

    private static long _count;

    private readonly StartingPool _pool = new();

    public ScenarioNode(ScenarioTurns turns, string node, string settings)
    {
        Turns = turns;
        var name = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        Starting[name] = this;
        try
        {
            var own = ConfigurationFactory.ParseString($"{Key} = \"{name}\"\nraft.node = \"{node}\"\n{settings}");
            System = ActorSystem.Create("scenario", own.WithFallback(Fixed));
            _pool.Wait();
        }
        finally
        {
            Starting.TryRemove(name, out _);
        }

        _pool.IsInUse = false;
        Raft.Get(System).Network.Start(isClient: true);
    }

    public ActorSystem System { get; }

    private ScenarioTurns Turns { get; }

    /// <summary>Ends the actor system, outside of the scenario.</summary>
    public void Dispose()
    {
        _pool.IsInUse = true;
        System.Terminate().Wait(EndMax);
    }

    private static ScenarioNode Of(Config config) => Starting[config.GetString(Key)];

    private void Post(string place, Action run)
    {
        if (!_pool.TryPost(run))
        {
            Turns.Post(place, run);
        }
    }

    /// <summary>The thread, clock and numbers of the scenario, for the thread of the test.</summary>
    internal sealed class TurnMachine(ScenarioTurns turns) : Machine, IChannelMachine
    {
        private ulong _numbers;

        public override TimeProvider Time { get; } = new TurnTime(turns);

        public override TaskCreationOptions Completion => TaskCreationOptions.None;

        public override bool HasTelemetry => false;

        public IChannels Channels { get; } = new NoChannels();

        public override void RunOnThread(string name, Action run) => turns.Post(name, run);

        public override void Queue(IThreadPoolWorkItem run) => turns.Post(EnginePlace, run.Execute);

        // Small numbers, so that requests have the numbers 1, 2, 3 and so on after the part that each start has of its own.
        protected override void FillRandom(Span<byte> bytes)
        {
            bytes.Clear();
            BitConverter.TryWriteBytes(bytes, ++_numbers);
        }
    }

    private sealed class TurnTime(ScenarioTurns turns) : TimeProvider
    {
        private static readonly DateTimeOffset Begin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => turns.Now.Ticks;

        public override DateTimeOffset GetUtcNow() => Begin + turns.Now;

        // A wait for a connection lasts for ever.
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    // The peers are no nodes: no connection to them opens, and the scenario introduces them itself.
    private sealed class NoChannels : IChannels, IChannelListener
    {
        public int Port => 0;

        public ByteChannel New() => new NoChannel();

        public IChannelListener Listen(string host, int port) => this;

        public Task<ByteChannel> AcceptAsync() => new TaskCompletionSource<ByteChannel>().Task;

        public void Dispose()
        {
        }
    }

    /// <summary>Runs the mailboxes as turns. Made by Akka.NET.</summary>
    internal sealed class TurnDispatcherConfigurator : MessageDispatcherConfigurator
    {
        private readonly TurnDispatcher _dispatcher;

        public TurnDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
            : base(config, prerequisites) => _dispatcher = new TurnDispatcher(this, Of(prerequisites.Settings.Config));

        public override MessageDispatcher Dispatcher() => _dispatcher;
    }

    internal sealed class TurnDispatcher : MessageDispatcher
    {
        private readonly ScenarioNode _node;

        public TurnDispatcher(MessageDispatcherConfigurator configurator, ScenarioNode node)
            : base(configurator)
        {
            _node = node;
            Throughput = 1;
        }

        // A message to a paused actor waits before its mailbox, which may be full of others.
        public override void Dispatch(ActorCell cell, Akka.Actor.Envelope envelope)
        {
            if (_node._pool.IsInUse)
            {
                base.Dispatch(cell, envelope);
            }
            else
            {
                _node.Post(cell.Self.Path.Name, () => base.Dispatch(cell, envelope));
            }
        }

        protected override void ExecuteTask(IRunnable run) => _node.Post("mailbox", run.Run);

        protected override void Shutdown()
        {
        }
    }

    /// <summary>Moved by the scenario. Made by Akka.NET.</summary>
    internal sealed class ScenarioScheduler(Config config, ILoggingAdapter log) : TurnScheduler(config, log)
    {
        private readonly ScenarioTurns _turns = Of(config).Turns;

        public override TimeSpan MonotonicClock => _turns.Now;

        public override TimeSpan HighResMonotonicClock => _turns.Now;

        protected override DateTimeOffset TimeNow => DateTimeOffset.UnixEpoch + _turns.Now;

        protected override void After(TimeSpan delay, Action run, ICancelable? cancelable) => _turns.After(delay, run, cancelable);
    }
}
