using System.Net;
using System.Text;
using Akka.Actor;
using Akka.Event;

namespace Akka.Remote;

/// <summary>Delivers the messages of one inbound link to actors. Only the link's reader uses it, so its caches need no lock.</summary>
internal sealed class InboundDispatcher(TcpTransport transport, IPAddress? peer)
{
    private readonly ByteKeyedCache<InternalActorRef> _refs = new();
    private readonly ByteKeyedCache<string> _manifests = new();

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
            transport.PeerLog.Write(
                LogLevel.ErrorLevel,
                peer,
                "unreadable messages",
                $"A message to {recipient.Path} was dropped: serializer {serializerId} cannot read its manifest [{manifest}]. "
                + "Both systems need the same serializers and message types.",
                cause);
            return;
        }
        // Otherwise a peer could make this system connect to any host, and send there in its name.
        if (!recipient.IsLocal)
        {
            transport.PeerLog.Write(
                LogLevel.WarningLevel,
                peer,
                "recipients",
                $"A message from {peer} to {recipient.Path} was dropped: this actor system is {transport.LocalAddress}.");
            return;
        }
        var sender = senderPath.IsEmpty ? transport.System.DeadLetters : Resolve(senderPath);
        if (message is ActorSelectionMessage selection)
        {
            DeliverSelection(selection, recipient, sender);
        }
        else
        {
            recipient.Tell(message, sender);
        }
    }

    /// <param name="opener">The address of the system that opened the link.</param>
    public void DeliverSystemMessage(ReadOnlySpan<byte> body, Address opener)
    {
        var message = RemoteSystemMessage.Read(body);
        // Otherwise a peer could make this system connect to any host, or take living actors for dead.
        if (!RemoteSystemMessage.TryDeliver(message, opener, transport.Provider))
        {
            transport.PeerLog.Write(
                LogLevel.WarningLevel,
                peer,
                "system messages",
                $"A system message ({message.Kind}) from {opener} ({peer}) about {message.Watched} was dropped: "
                + $"a peer may watch only actors of {transport.LocalAddress}, and may report only the ends of its own.");
        }
    }

    // A '..' after a pattern visits the same actors again and again: a hundred bytes would keep the processor busy for days.
    private void DeliverSelection(ActorSelectionMessage selection, InternalActorRef recipient, IActorRef sender)
    {
        for (var inner = selection; inner is not null; inner = inner.Message as ActorSelectionMessage)
        {
            var pattern = Array.FindIndex(inner.Elements, static element => element.AsSpan().ContainsAny('*', '?'));
            if (pattern >= 0 && Array.IndexOf(inner.Elements, "..", pattern) >= 0)
            {
                transport.PeerLog.Write(
                    LogLevel.WarningLevel,
                    peer,
                    "selections",
                    $"A selection from {peer} was dropped: its path '{string.Join('/', inner.Elements)}' has '..' after a pattern.");
                return;
            }
        }
        selection.Deliver(recipient, sender);
    }

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
internal sealed class ByteKeyedCache<TValue>
    where TValue : class
{
    /// <summary>
    /// The maximum number of entries, and of the bytes of their keys. A full cache is cleared, so that a peer cannot exhaust the memory.
    /// </summary>
    internal const int CountMax = 4096;
    internal const int KeyBytesMax = 512 * 1024;

    private readonly Dictionary<byte[], TValue> _values = new(BytesComparer.Instance);
    private int _keyBytes;

    public bool TryGet(ReadOnlySpan<byte> key, out TValue value) =>
        _values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out value!); // Justification: null only if it returns false.

    public void Add(ReadOnlySpan<byte> key, TValue value)
    {
        if (key.Length > KeyBytesMax)
        {
            return;
        }
        _keyBytes += key.Length;
        if (_values.Count >= CountMax || _keyBytes > KeyBytesMax)
        {
            _values.Clear();
            _keyBytes = key.Length;
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
