using Akka.Configuration;
using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Provides references within one process. The remoting provider derives from it.</summary>
internal class LocalActorRefProvider : IActorRefProvider
{
    private readonly RootSupervisorRef _rootSupervisor;
    private long _tempNames;

    public LocalActorRefProvider(ActorSystemImpl system)
    {
        System = system;
        RootPath = new RootActorPath(new Address("akka", system.Name));
        DeadLetterRef = new EmptyLocalActorRef(this, RootPath / "deadLetters");
        _rootSupervisor = new RootSupervisorRef(this);
    }

    public ActorSystemImpl System { get; }

    public ActorPath RootPath { get; }

    public Settings Settings => System.Settings;

    public InternalActorRef DeadLetterRef { get; }

    public IActorRef DeadLetters => DeadLetterRef;

    /// <summary>Completes when the last actor of the system has ended.</summary>
    public Task TerminationTask => _rootSupervisor.Ended;

    public virtual Address DefaultAddress => RootPath.Address;

    public RootGuardianRef RootGuardian { get; private set; } = null!; // Justification: set by Init, before any actor can run.

    public LocalActorRef Guardian { get; private set; } = null!; // Justification: as above.

    public LocalActorRef SystemGuardian { get; private set; } = null!; // Justification: as above.

    public TempContainerRef TempContainer { get; private set; } = null!; // Justification: as above.

    /// <summary>Creates the guardians. A derived provider starts its own services after this.</summary>
    public virtual void Init()
    {
        var dispatcher = System.Dispatchers.Lookup(Dispatchers.InternalDispatcherId);
        RootGuardian = new RootGuardianRef(System, Props.Create(() => new RootGuardian()), dispatcher, _rootSupervisor, RootPath);
        TempContainer = new TempContainerRef(this, RootGuardian);
        RootGuardian.AddName(DeadLetterRef);
        RootGuardian.AddName(TempContainer);
        RootGuardian.Start();
        SystemGuardian = MakeGuardian(Props.Create(() => new SystemGuardian()), "system");
        Props user = Props.Create(() => new UserGuardian());
        Guardian = MakeGuardian(UserStrategy() is { } strategy ? user.WithSupervisorStrategy(strategy) : user, "user");
        SystemGuardian.Tell(new SystemGuardian.WatchUser(Guardian), null);
        RootGuardian.Tell(new RootGuardian.WatchSystem(SystemGuardian), null);
    }

    /// <summary>Releases resources other than actors. Called after all actors have ended, or after a failed start.</summary>
    public virtual Task ShutDownAsync() => Task.CompletedTask;

    /// <summary>Creates the reference of a new actor. The caller adds it to the supervisor's children and starts it.</summary>
    public virtual InternalActorRef ActorOf(Props props, InternalActorRef supervisor, ActorPath path) =>
        new LocalActorRef(System, props, System.Dispatchers.Lookup(props.Dispatcher), supervisor, path);

    /// <summary>Returns a path below <c>/temp</c> that was never used before.</summary>
    public ActorPath TempPath() => RootPath / "temp" / ("$" + TemporaryNames.Encode(Interlocked.Increment(ref _tempNames) - 1));

    public IActorRef ResolveActorRef(string path) =>
        ActorPath.TryParse(path, out var actorPath) ? ResolveActorRef(actorPath) : DeadLetters;

    public IActorRef ResolveActorRef(ActorPath actorPath) => Resolve(actorPath);

    public IActorRef RootGuardianAt(Address address) => Resolve(new RootActorPath(address));

    /// <summary>Returns the reference for a path. Derived providers resolve addresses of other systems.</summary>
    public virtual InternalActorRef Resolve(ActorPath path) => path.Address == RootPath.Address ? ResolveLocal(path) : DeadLetterRef;

    /// <summary>Returns the actor at a path, ignoring the address. Without an actor, returns an <see cref="EmptyLocalActorRef"/>.</summary>
    public InternalActorRef ResolveLocal(ActorPath path)
    {
        var found = RootGuardian.GetChild(path.ElementArray());
        return found is Nobody || (path.Uid != 0 && path.Uid != found.Path.Uid)
            ? new EmptyLocalActorRef(this, (RootPath / path.Elements).WithUid(path.Uid))
            : found;
    }

    private LocalActorRef MakeGuardian(Props props, string name) => (LocalActorRef)RootGuardian.Cell.AttachChild(
        props.WithDispatcher(Dispatchers.InternalDispatcherId), name);

    private SupervisorStrategy? UserStrategy() => Settings.Config.GetString("akka.actor.guardian-supervisor-strategy") switch
    {
        null or "" or "Akka.Actor.DefaultSupervisorStrategy" => null,
        "Akka.Actor.StoppingSupervisorStrategy" => SupervisorStrategy.StoppingStrategy,
        var other => throw new ConfigurationException(
            $"akka.actor.guardian-supervisor-strategy is [{other}]; it may be Akka.Actor.DefaultSupervisorStrategy or "
            + "Akka.Actor.StoppingSupervisorStrategy."),
    };
}
