namespace Akka.Actor;

/// <summary>Identifies an extension and makes it. Two providers of one type stand for one extension.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId<T>
    where T : IExtension
{
    public Type ExtensionType => typeof(T);

    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);

    public T? Get(ActorSystem system) => (T?)system.GetExtension(this);

    object IExtensionId.Apply(ActorSystem system) => Apply(system);

    object? IExtensionId.Get(ActorSystem system) => Get(system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);

    /// <summary>Called once per system. It may ask for other extensions, but not for itself.</summary>
    public abstract T CreateExtension(ExtendedActorSystem system);
}
