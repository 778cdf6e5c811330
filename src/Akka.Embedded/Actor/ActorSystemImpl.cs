using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

internal sealed class ActorSystemImpl : ExtendedActorSystem
{
    private readonly ExtensionRegistry _extensions;
    private readonly Stack<Action> _onTermination = new();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Serialization.Serialization? _serialization;
    private bool _isTerminating;
    private long _uids = Random.Shared.Next();

    private ActorSystemImpl(string name, Config config)
    {
        Name = name;
        Settings = new Settings(config);
        EventStream = new EventStream();
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), Settings.LogFormatter);
        Dispatchers = new Dispatchers(Settings);
        Scheduler = SchedulerOf(Settings.Config);
        _extensions = new ExtensionRegistry(this);
        Provider = ProviderOf(Settings.Config);
        Loggers = new SystemLoggers(this);
        Settings.DefaultsInjected = RenewSerialization;
    }

    public override string Name { get; }

    public override Settings Settings { get; }

    public override EventStream EventStream { get; }

    public override ILoggingAdapter Log { get; }

    public override IScheduler Scheduler { get; }

    public override Serialization.Serialization Serialization => _serialization!; // Justification: set by Start, before any actor can run.

    public override LocalActorRefProvider Provider { get; }

    public override IActorRef DeadLetters => Provider.DeadLetterRef;

    public override Task WhenTerminated => _terminated.Task;

    public override Dispatchers Dispatchers { get; }

    public SystemLoggers Loggers { get; }

    public AddressTerminatedTopic AddressTerminatedTopic { get; } = new();

    public static ActorSystemImpl Start(string name, Config config)
    {
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-') || name[0] is '-')
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}]. Use ASCII letters, digits and '-' only, and begin with a letter or a digit.",
                nameof(name));
        }

        var system = new ActorSystemImpl(name, config);
        try
        {
            system.Start();
        }
        catch
        {
            // A system that failed to start must release its threads and its port.
            system.Provider.ShutDownAsync().GetAwaiter().GetResult();
            system.StopScheduler();
            throw;
        }

        return system;
    }

    /// <summary>
    /// Returns a new uid for an actor. It starts at a random number, because uids must also differ after a restart of the process.
    /// </summary>
    public long NextUid() => Interlocked.Increment(ref _uids);

    public override IActorRef ActorOf(Props props, string? name = null) => Provider.Guardian.Cell.AttachChild(props, name);

    public override IActorRef SystemActorOf(Props props, string? name = null) => Provider.SystemGuardian.Cell.AttachChild(props, name);

    public override IActorRef SystemActorOf<TActor>(string? name = null) => SystemActorOf(Props.Create<TActor>(), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => Akka.Actor.ActorSelection.Create(Provider, actorPath);

    public override ActorSelection ActorSelection(string actorPath) => Akka.Actor.ActorSelection.Create(Provider.RootGuardian, actorPath);

    public override void Stop(IActorRef actor)
    {
        var stopped = InternalActorRef.Of(actor);
        if (stopped.Parent is LocalActorRef parent)
        {
            parent.Cell.Stop(stopped);
        }
        else
        {
            stopped.Stop();
        }
    }

    public override Task Terminate() =>
        Settings.CoordinatedShutdownRunByActorSystemTerminate
            ? CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance)
            : FinalTerminate();

    /// <summary>Stops the actors without the phases of a coordinated shutdown.</summary>
    public Task FinalTerminate()
    {
        if (!Interlocked.Exchange(ref _isTerminating, true))
        {
            Loggers.BeginShutdown();
            Provider.Guardian.Stop();
        }

        return WhenTerminated;
    }

    public override void RegisterOnTermination(Action code)
    {
        lock (_onTermination)
        {
            if (Provider.TerminationTask.IsCompleted)
            {
                throw new InvalidOperationException($"Cannot register the callback: the actor system {Name} has terminated.");
            }

            _onTermination.Push(code);
        }
    }

    public override object RegisterExtension(IExtensionId extension) => _extensions.Get(extension);

    public override object? GetExtension(IExtensionId extensionId) => _extensions.Find(extensionId.ExtensionType);

    public override T? GetExtension<T>()
        where T : class => (T?)_extensions.Find(typeof(T));

    public override bool HasExtension(Type type) => _extensions.Has(type);

    public override bool HasExtension<T>() => HasExtension(typeof(T));

    public override string ToString() => $"akka://{Name}";

    private void Start()
    {
        Loggers.StartStandardOut();
        RenewSerialization();
        Provider.Init();
        _ = EndAsync();
        Loggers.Start();
        foreach (var name in Settings.Config.GetStringList("akka.extensions"))
        {
            RegisterExtension(ConfiguredType.Create<IExtensionId>(name, "akka.extensions"));
        }
    }

    private void RenewSerialization() => _serialization = new Serialization.Serialization(this);

    private async Task EndAsync()
    {
        await Provider.TerminationTask.ConfigureAwait(false);
        List<Action> callbacks;
        lock (_onTermination)
        {
            callbacks = [.. _onTermination];
            _onTermination.Clear();
        }

        foreach (var callback in callbacks)
        {
            try
            {
                callback();
            }
            catch (Exception failure)
            {
                Log.Error(failure, "A termination callback of the actor system failed.");
            }
        }

        await Provider.ShutDownAsync().ConfigureAwait(false);
        StopScheduler();
        _terminated.TrySetResult();
    }

    private void StopScheduler() => (Scheduler as IDisposable)?.Dispose();

    private IScheduler SchedulerOf(Config config)
    {
        const string Key = "akka.scheduler.implementation";
        var name = config.GetString(Key)!; // Justification: the reference configuration has it.

        // A configuration that names Akka.NET's default scheduler must work here too.
        return name.StartsWith("Akka.Actor.HashedWheelTimerScheduler", StringComparison.Ordinal)
            ? new TimerThreadScheduler(Log)
            : ConfiguredType.Create<IScheduler>(name, Key, config, Log);
    }

    private LocalActorRefProvider ProviderOf(Config config)
    {
        const string Key = "akka.actor.provider";
        var name = config.GetString(Key)!; // Justification: the reference configuration has it.
        var type = name.Split(',')[0].Trim() switch
        {
            "local" or "Akka.Actor.LocalActorRefProvider" => "Akka.Actor.LocalActorRefProvider",
            "remote" => "Akka.Remote.RemoteActorRefProvider",
            "cluster" => "Akka.Cluster.ClusterActorRefProvider",
            var other => other,
        };
        return ConfiguredType.Create<LocalActorRefProvider>(type, Key, this);
    }
}
