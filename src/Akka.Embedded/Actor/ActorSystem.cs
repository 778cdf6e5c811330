using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// A hierarchy of actors with one configuration. It is expensive to create; an application has one or a few. All members may be
/// called from any thread.
/// </summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    internal ActorSystem()
    {
    }

    /// <summary>The name: ASCII letters, digits and <c>-</c>. All members of a cluster have the same name.</summary>
    public abstract string Name { get; }

    public abstract Settings Settings { get; }

    /// <summary>The bus for log events, dead letters and unhandled messages.</summary>
    public abstract EventStream EventStream { get; }

    public abstract IActorRef DeadLetters { get; }

    public abstract ILoggingAdapter Log { get; }

    public abstract IScheduler Scheduler { get; }

    /// <summary>The dispatchers, to add one of your own.</summary>
    public abstract Dispatch.Dispatchers Dispatchers { get; }

    /// <summary>Serializes messages and selects a serializer for each type.</summary>
    public abstract Serialization.Serialization Serialization { get; }

    /// <summary>Completes when all actors have ended and all termination callbacks have run.</summary>
    public abstract Task WhenTerminated { get; }

    /// <exception cref="ArgumentException">The name contains characters that an address does not allow.</exception>
    public static ActorSystem Create(string name) => Create(name, Config.Empty);

    public static ActorSystem Create(string name, Config config) => ActorSystemImpl.Start(name, config);

    public static ActorSystem Create(string name, BootstrapSetup setup) => Create(name, setup.Configuration);

    public static ActorSystem Create(string name, ActorSystemSetup setup) =>
        Create(name, setup.Find<BootstrapSetup>()?.Configuration ?? Config.Empty);

    public abstract IActorRef ActorOf(Props props, string? name = null);

    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    public abstract ActorSelection ActorSelection(string actorPath);

    public abstract void Stop(IActorRef actor);

    /// <summary>
    /// Terminates the system. First runs the phases of <see cref="CoordinatedShutdown"/>, then stops the actors from the leaves to
    /// the root. The user's actors stop before the system's.
    /// </summary>
    public abstract Task Terminate();

    /// <summary>Registers a callback to run after all actors have ended. Callbacks run in reverse order of registration.</summary>
    /// <exception cref="InvalidOperationException">The system has terminated.</exception>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>
    /// Returns the system's extension. The first call creates it. If creation failed, each later call throws the same exception.
    /// </summary>
    public abstract object RegisterExtension(IExtensionId extension);

    /// <summary>Returns the extension, or null if it was not registered.</summary>
    public abstract object? GetExtension(IExtensionId extensionId);

    /// <summary>Returns the extension, or null if it was not registered.</summary>
    public abstract T? GetExtension<T>()
        where T : class, IExtension;

    public abstract bool HasExtension(Type type);

    public abstract bool HasExtension<T>()
        where T : class, IExtension;

    /// <summary>Starts the termination and does not wait for it.</summary>
    public void Dispose()
    {
        Terminate();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The configuration of a new actor system.</summary>
public sealed class BootstrapSetup : Setup.Setup
{
    private BootstrapSetup(Config config) => Configuration = config;

    internal Config Configuration { get; }

    public static BootstrapSetup Create() => new(Config.Empty);

    public BootstrapSetup WithConfig(Config config) => new(config);

    /// <summary>Adds a fallback for keys that the configuration lacks.</summary>
    public BootstrapSetup WithConfigFallback(Config config) => new(Configuration.WithFallback(config));
}
