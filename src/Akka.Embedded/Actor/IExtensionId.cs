namespace Akka.Actor;

public interface IExtensionId
{
    Type ExtensionType { get; }

    /// <summary>The system's extension, made on the first call.</summary>
    object Apply(ActorSystem system);

    /// <summary>The system's extension; null if it was not registered.</summary>
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
