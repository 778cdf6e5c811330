using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The part of an actor system that its dispatchers know.</summary>
public interface IDispatcherPrerequisites
{
    /// <summary>The settings of the actor system.</summary>
    Settings Settings { get; }
}

/// <summary>Makes the dispatcher of one id. Register it with <see cref="Dispatchers.RegisterConfigurator"/>.</summary>
public abstract class MessageDispatcherConfigurator
{
    /// <param name="config">The configuration of the dispatcher.</param>
    /// <param name="prerequisites">The actor system has them as <see cref="Dispatchers.Prerequisites"/>.</param>
    protected MessageDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    {
    }

    /// <summary>Returns the dispatcher, the same one at each call. Called for each actor that uses it.</summary>
    public abstract MessageDispatcher Dispatcher();
}

internal sealed record DispatcherPrerequisites(Settings Settings) : IDispatcherPrerequisites;

/// <summary>Makes a dispatcher of this runtime.</summary>
internal sealed class EmbeddedConfigurator : MessageDispatcherConfigurator
{
    private readonly MessageDispatcher _dispatcher;

    public EmbeddedConfigurator(
        Config config, IDispatcherPrerequisites prerequisites, Func<MessageDispatcherConfigurator, MessageDispatcher> make)
        : base(config, prerequisites) => _dispatcher = make(this);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
