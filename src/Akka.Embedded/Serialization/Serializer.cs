using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Serialization;

/// <summary>
/// Converts messages to bytes and back. One instance serves a whole actor system, from many threads. If
/// <c>akka.actor.serializers</c> names the type, its constructor with an <see cref="ExtendedActorSystem"/> is called.
/// </summary>
public abstract class Serializer
{
    protected readonly ExtendedActorSystem system;

    private readonly Lazy<int> _configuredIdentifier;

    protected Serializer(ExtendedActorSystem system)
    {
        this.system = system;
        _configuredIdentifier = new Lazy<int>(ReadIdentifier);
    }

    /// <summary>
    /// The identifier that travels with the bytes. It must be the same on every node and must never change. 0 to 40 are reserved
    /// for the runtime. Without an override it comes from <c>akka.actor.serialization-identifiers</c>.
    /// </summary>
    public virtual int Identifier => _configuredIdentifier.Value;

    /// <summary>Whether <see cref="FromBinary(byte[], Type)"/> needs the type.</summary>
    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object obj);

    /// <exception cref="SerializationException">The bytes are malformed.</exception>
    public abstract object? FromBinary(byte[] bytes, Type? type);

    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T))!;

    /// <summary>Like <see cref="ToBinary"/>, but writes references to actors of this system with the given address.</summary>
    public byte[] ToBinaryWithAddress(Address address, object obj) =>
        Serialization.WithAddress(address, (Serializer: this, Object: obj), static pair => pair.Serializer.ToBinary(pair.Object));

    private int ReadIdentifier()
    {
        const string Key = "akka.actor.serialization-identifiers";
        var name = $"{GetType().FullName}, {GetType().Assembly.GetName().Name}";
        var path = $"{Key}.\"{name}\"";
        return system.Settings.Config.HasPath(path) ? system.Settings.Config.GetInt(path) : throw new ArgumentException(
            $"The serializer {GetType()} has no identifier. Override Identifier, or set {Key} {{ \"{name}\" = <number> }}.");
    }
}
