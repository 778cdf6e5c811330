namespace Akka.Actor;

/// <summary>Identifies and creates an extension. Two providers of one type identify the same extension.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId<T>
    where T : IExtension
{
    public Type ExtensionType => typeof(T);

    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);

    public T? Get(ActorSystem system) => (T?)system.GetExtension(this);

    object IExtensionId.Apply(ActorSystem system) => Apply(system);

    object? IExtensionId.Get(ActorSystem system) => Get(system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);

    /// <summary>Creates the extension. Called once per system. It may request other extensions, but not itself.</summary>
    public abstract T CreateExtension(ExtendedActorSystem system);
}
