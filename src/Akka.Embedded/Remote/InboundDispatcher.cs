using System.Text;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Turns the frames of one inbound link into messages to actors. It belongs to the link's reader, so its caches need no lock.
/// </summary>
internal sealed class InboundDispatcher(TcpTransport transport)
{
    /// <summary>Beyond this many different texts a cache starts anew; a peer must not make it grow for ever.</summary>
    private const int CacheLimit = 4096;

    private readonly ByteKeyedCache<InternalActorRef> _refs = new(CacheLimit);
    private readonly ByteKeyedCache<string> _manifests = new(CacheLimit);

    /// <summary>A message that cannot be read is logged and dropped; the ones behind it are not to blame.</summary>
    public void Deliver(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var recipient = Resolve(reader.ReadBlock());
        var senderPath = reader.ReadBlock();
        var serializerId = reader.ReadInt32();
        var manifest = _manifests.GetOrAdd(reader.ReadBlock(), Encoding.UTF8.GetString);
        object message;
        try
        {
            message = transport.System.Serialization.Deserialize(reader.Rest.ToArray(), serializerId, manifest)
                ?? throw new WireException("a message must not be null");
        }
        catch (Exception cause)
        {
            transport.Log.Error(
                cause,
                $"A message to {recipient.Path} was dropped: serializer {serializerId} cannot read its manifest [{manifest}]. "
                + "Both systems need the same serializers and message types.");
            return;
        }
        IActorRef sender = senderPath.IsEmpty ? transport.System.DeadLetters : Resolve(senderPath);
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
        // A path without a uid names whoever lives there at that moment, so only one that names a single life may be kept.
        if (path.Contains((byte)'#') || !resolved.IsLocal)
        {
            _refs.Add(path, resolved);
        }
        return resolved;
    }
}

/// <summary>A bounded dictionary that is asked with bytes off the wire, without making an array or a text of them first.</summary>
internal sealed class ByteKeyedCache<TValue>(int limit)
    where TValue : class
{
    private readonly Dictionary<byte[], TValue> _values = new(BytesComparer.Instance);

    public bool TryGet(ReadOnlySpan<byte> key, out TValue value) =>
        _values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out value!); // Justification: null only with false.

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
