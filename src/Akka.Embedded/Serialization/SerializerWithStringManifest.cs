using Akka.Actor;

namespace Akka.Serialization;

/// <summary>
/// A serializer that writes its own manifest, a short text for each kind of message. The manifest stays the same when types are
/// renamed. The serializer maps it to a type, so the network does not choose types.
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
