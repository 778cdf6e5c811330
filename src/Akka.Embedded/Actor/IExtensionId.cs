namespace Akka.Actor;

public interface IExtensionId
{
    Type ExtensionType { get; }

    /// <summary>Returns the system's extension. The first call creates it.</summary>
    object Apply(ActorSystem system);

    /// <summary>Returns the system's extension, or null if it was not registered.</summary>
    object? Get(ActorSystem system);

    object CreateExtension(ExtendedActorSystem system);
}

public interface IExtensionId<T> : IExtensionId
    where T : IExtension
{
    new T Apply(ActorSystem system);

    new T? Get(ActorSystem system);

    new T CreateExtension(ExtendedActorSystem system);
}
