using Akka.Actor;

namespace Akka.Serialization;

/// <summary>
/// A serializer that names the kind of each message by a short text of its own, which stays the same when types are renamed, and
/// decides itself what a name stands for: nothing that comes from the network chooses a type.
/// </summary>
public abstract class SerializerWithStringManifest : Serializer
{
    protected SerializerWithStringManifest(ExtendedActorSystem system)
        : base(system)
    {
    }

    public sealed override bool IncludeManifest => true;

    public abstract string Manifest(object o);

    public abstract object FromBinary(byte[] bytes, string manifest);

    public sealed override object FromBinary(byte[] bytes, Type? type) =>
        FromBinary(bytes, type is null ? "" : Serialization.TypeName(type));
}
