using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// A home of actors: one hierarchy, one configuration, its own threads' work. Expensive next to an actor; an application has one
/// or a few. Everything here is safe from any thread.
/// </summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    internal ActorSystem()
    {
    }

    /// <summary>ASCII letters, digits and <c>-</c>. Members of one cluster have one name.</summary>
    public abstract string Name { get; }

    public abstract Settings Settings { get; }

    /// <summary>Where log events, dead letters and unhandled messages are published.</summary>
    public abstract EventStream EventStream { get; }

    public abstract IActorRef DeadLetters { get; }

    public abstract ILoggingAdapter Log { get; }

    public abstract IScheduler Scheduler { get; }

    /// <summary>How messages become bytes, and which serializer is for which.</summary>
    public abstract Serialization.Serialization Serialization { get; }

    /// <summary>Ends when the system has ended, all its actors and the callbacks of its end included.</summary>
    public abstract Task WhenTerminated { get; }

    /// <exception cref="ArgumentException">The name has characters that an address cannot have.</exception>
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
    /// Ends the system in order: the phases of <see cref="CoordinatedShutdown"/>, then the actors from the leaves to the root,
    /// the runtime's own after the user's.
    /// </summary>
    public abstract Task Terminate();

    /// <summary>Runs code once all actors have ended, the last registered first.</summary>
    /// <exception cref="InvalidOperationException">The system has terminated.</exception>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>The system's extension, made by the first call. If making it failed, each later call throws the same exception.</summary>
    public abstract object RegisterExtension(IExtensionId extension);

    /// <summary>Null if the extension was not registered.</summary>
    public abstract object? GetExtension(IExtensionId extensionId);

    /// <summary>Null if the extension was not registered.</summary>
    public abstract T? GetExtension<T>()
        where T : class, IExtension;

    public abstract bool HasExtension(Type type);

    public abstract bool HasExtension<T>()
        where T : class, IExtension;

    /// <summary>Begins to end the system, and does not wait.</summary>
    public void Dispose()
    {
        Terminate();
        GC.SuppressFinalize(this);
    }
}
