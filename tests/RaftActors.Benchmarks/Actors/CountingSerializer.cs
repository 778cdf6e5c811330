using System.Collections.Concurrent;

using Akka.Actor;
using Akka.Serialization;

using RaftActors.Wire;

namespace RaftActors.Benchmarks.Actors;

/// <summary>The product's serializer, with counters of calls and bytes for all systems of this process.</summary>
internal sealed class CountingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static long _messages;
    private static long _calls;
    private static long _bytes;
    private readonly RaftMessageSerializer _serializer = new(system);

    /// <summary>Messages sent by the nodes, calls in both directions, and serialized bytes.</summary>
    public static (long Messages, long Calls, long Bytes) Counted =>
        (Volatile.Read(ref _messages), Volatile.Read(ref _calls), Volatile.Read(ref _bytes));

    /// <summary>Messages sent by the nodes, by manifest.</summary>
    public static ConcurrentDictionary<string, long> ByKind { get; } = new();

    public override int Identifier => _serializer.Identifier;

    public override string Manifest(object o) => _serializer.Manifest(o);

    public override byte[] ToBinary(object obj)
    {
        var bytes = _serializer.ToBinary(obj);
        Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _messages);
        Interlocked.Add(ref _bytes, bytes.Length);
        ByKind.AddOrUpdate(_serializer.Manifest(obj), 1, (_, count) => count + 1);
        return bytes;
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        Interlocked.Increment(ref _calls);
        return _serializer.FromBinary(bytes, manifest);
    }
}
