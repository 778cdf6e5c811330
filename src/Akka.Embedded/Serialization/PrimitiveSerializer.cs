using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;

namespace Akka.Serialization;

/// <summary>Serializes strings as UTF-8, and int and long in little-endian order.</summary>
internal sealed class PrimitiveSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public static readonly Type[] Types = [typeof(string), typeof(int), typeof(long)];

    // The manifests that FromBinary with a type uses.
    private const string StringType = "System.String, System.Private.CoreLib";
    private const string IntType = "System.Int32, System.Private.CoreLib";
    private const string LongType = "System.Int64, System.Private.CoreLib";

    public override int Identifier => 17;

    public override string Manifest(object o)
    {
        return o switch
        {
            string => "S",
            int => "I",
            long => "L",
            _ => throw new ArgumentException($"{o.GetType()} is not supported: expected string, int or long.", nameof(o)),
        };
    }

    public override byte[] ToBinary(object obj)
    {
        switch (obj)
        {
            case string text:
                return Encoding.UTF8.GetBytes(text);
            case int number:
                var four = new byte[4];
                BinaryPrimitives.WriteInt32LittleEndian(four, number);
                return four;
            case long number:
                var eight = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(eight, number);
                return eight;
            default:
                throw new ArgumentException($"{obj.GetType()} is not supported: expected string, int or long.", nameof(obj));
        }
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        return (manifest, bytes.Length) switch
        {
            (StringType, _) or ("S", _) => Encoding.UTF8.GetString(bytes),
            (IntType, 4) or ("I", 4) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
            (LongType, 8) or ("L", 8) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => throw new SerializationException($"{bytes.Length} bytes with the manifest '{manifest}' are not a string, int or long."),
        };
    }
}
