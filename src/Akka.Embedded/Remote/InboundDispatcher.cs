using System.Text;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>Delivers the messages of one inbound link to actors. Only the link's reader uses it, so its caches need no lock.</summary>
internal sealed class InboundDispatcher(TcpTransport transport)
{
    /// <summary>The maximum number of entries in a cache. A full cache is cleared, so that a peer cannot exhaust the memory.</summary>
    private const int CacheLimit = 4096;

    private readonly ByteKeyedCache<InternalActorRef> _refs = new(CacheLimit);
    private readonly ByteKeyedCache<string> _manifests = new(CacheLimit);

    /// <summary>Delivers a message. A message that cannot be read is logged and dropped; later messages are not affected.</summary>
    public void Deliver(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var recipient = Resolve(reader.ReadBlock());
        var senderPath = reader.ReadBlock();
        var serializerId = reader.ReadInt32();
        var manifest = _manifests.GetOrAdd(reader.ReadBlock(), static text => Encoding.UTF8.GetString(text));
        object message;
        try
        {
            message = transport.System.Serialization.Deserialize(reader.Rest.ToArray(), serializerId, manifest)
                ?? throw new WireException("a message is null");
        }
        catch (Exception cause)
        {
            transport.Log.Error(
                cause,
                $"A message to {recipient.Path} was dropped: serializer {serializerId} cannot read its manifest [{manifest}]. "
                + "Both systems need the same serializers and message types.");
            return;
        }
        var sender = senderPath.IsEmpty ? transport.System.DeadLetters : Resolve(senderPath);
        if (message is ActorSelectionMessage selection)
        {
            selection.Deliver(recipient, sender);
        }
        else
        {
            recipient.Tell(message, sender);
        }
    }

    public void DeliverSystemMessage(ReadOnlySpan<byte> body) => RemoteSystemMessage.Deliver(body, transport.Provider);

    private InternalActorRef Resolve(ReadOnlySpan<byte> path)
    {
        if (_refs.TryGet(path, out var known))
        {
            return known;
        }
        var resolved = transport.Provider.ResolveInternal(Encoding.UTF8.GetString(path));
        // A path without a uid refers to the actor that is there now. So only a path with a uid may be cached.
        if (path.Contains((byte)'#') || !resolved.IsLocal)
        {
            _refs.Add(path, resolved);
        }
        return resolved;
    }
}

/// <summary>A bounded dictionary with UTF-8 bytes as keys. A look-up allocates neither an array nor a string.</summary>
internal sealed class ByteKeyedCache<TValue>(int limit)
    where TValue : class
{
    private readonly Dictionary<byte[], TValue> _values = new(BytesComparer.Instance);

    public bool TryGet(ReadOnlySpan<byte> key, out TValue value) =>
        _values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out value!); // Justification: null only if it returns false.

    public void Add(ReadOnlySpan<byte> key, TValue value)
    {
        if (_values.Count >= limit)
        {
            _values.Clear();
        }
        _values[key.ToArray()] = value;
    }

    public TValue GetOrAdd(ReadOnlySpan<byte> key, Func<ReadOnlySpan<byte>, TValue> make)
    {
        if (!TryGet(key, out var value))
        {
            Add(key, value = make(key));
        }
        return value;
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
