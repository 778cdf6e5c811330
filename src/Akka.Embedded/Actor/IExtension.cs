namespace Akka.Actor;

/// <summary>An extension: an object that exists once in each actor system.</summary>
public interface IExtension
{
}

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

public static class ActorSystemWithExtensions
{
    public static T? WithExtension<T>(this ActorSystem system)
        where T : class, IExtension => system.GetExtension<T>();

    public static T WithExtension<T>(this ActorSystem system, Type extensionId)
        where T : class, IExtension => (T)system.RegisterExtension((IExtensionId)Activator.CreateInstance(extensionId)!);

    /// <summary>Returns the extension. If the system has none yet, creates it with a new <typeparamref name="TI"/>.</summary>
    public static T WithExtension<T, TI>(this ActorSystem system)
        where T : class, IExtension
        where TI : IExtensionId => system.WithExtension<T>(typeof(TI));
}
