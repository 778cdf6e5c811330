using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Serialization;

/// <summary>
/// Turns messages into bytes and back. One instance serves a whole actor system, from many threads at once. It is made by its
/// constructor that takes the system when <c>akka.actor.serializers</c> names it.
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
    /// Travels with the bytes, so it is the same on every node and never changes; 0 to 40 are the runtime's own. Without an override
    /// it is read from <c>akka.actor.serialization-identifiers</c>.
    /// </summary>
    public virtual int Identifier => _configuredIdentifier.Value;

    /// <summary>Whether <see cref="FromBinary(byte[], Type)"/> needs to be told the type.</summary>
    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object obj);

    /// <exception cref="SerializationException">The bytes are not what <see cref="ToBinary"/> wrote.</exception>
    public abstract object? FromBinary(byte[] bytes, Type? type);

    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T))!;

    /// <summary>As <see cref="ToBinary"/>, but refs to actors of this system are written with the given address.</summary>
    public byte[] ToBinaryWithAddress(Address address, object obj) => Serialization.WithAddress(address, () => ToBinary(obj));

    private int ReadIdentifier()
    {
        const string Key = "akka.actor.serialization-identifiers";
        var name = $"{GetType().FullName}, {GetType().Assembly.GetName().Name}";
        var path = $"{Key}.\"{name}\"";
        return system.Settings.Config.HasPath(path) ? system.Settings.Config.GetInt(path) : throw new ArgumentException(
            $"The serializer {GetType()} has no identifier; override Identifier, or set {Key} {{ \"{name}\" = <number> }}.");
    }
}
