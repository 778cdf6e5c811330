using Akka.Actor;

namespace Akka.Serialization;

/// <summary>Serializes byte arrays unchanged. The array is not copied: like any message, it must not change after sending.</summary>
internal sealed class ByteArraySerializer(ExtendedActorSystem system) : Serializer(system)
{
    public static readonly Type[] Types = [typeof(byte[])];

    public override int Identifier => 4;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => (byte[])obj;

    public override object FromBinary(byte[] bytes, Type? type) => bytes;
}
