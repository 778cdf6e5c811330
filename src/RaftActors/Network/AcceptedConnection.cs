using Akka.Actor;

using RaftActors.Security;
using RaftActors.Settings;

namespace RaftActors.Network;

/// <summary>
/// A connection that another node (<see cref="InboundNodeConnection"/>) or a client (<see cref="InboundCallConnection"/>) has opened, after
/// its handshake.
/// </summary>
internal abstract class AcceptedConnection(ByteChannel channel, NetworkContext context, HandshakeResult greeting) : IDisposable
{
    private long _heardAt = Machine.Current.Time.GetTimestamp();
    private volatile bool _isClosed;

    public Address Peer => greeting.Peer;

    /// <summary>The identity of this start of the other actor system.</summary>
    public ulong Node => greeting.Node;

    /// <summary>Of two connections of a node, the later one has the higher number.</summary>
    public long Number { get; set; }

    /// <summary>Null if the connection is not encrypted.</summary>
    public PeerIdentity? Identity => greeting.Identity;

    public bool IsClient => greeting.ClientRole is not null;

    /// <summary>The name of the other side's identity, or without credentials the address of its machine.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The time of the last bytes of a client, as a timestamp of the machine's clock.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>This side has closed it, and its reader is about to notice.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Another node opened it and proved to be one. So there are as many as the group has nodes.</summary>
    public bool IsProvenNode => Identity is not null && !IsClient;

    /// <summary>
    /// The certificate has no role of its own. The other side is a node, or a client on one, only because a group names that node.
    /// </summary>
    public bool IsByName => Identity is { Role: null };

    protected ByteChannel Channel => channel;

    protected NetworkContext Context => context;

    /// <summary>The format level of answers.</summary>
    protected byte Level => greeting.Level;

    /// <exception cref="InvalidDataException">The other side sent damaged bytes.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public abstract Task RunToEndAsync();

    public virtual void Dispose()
    {
        _isClosed = true;
        channel.Dispose();
    }

    protected void OnHeard() => Volatile.Write(ref _heardAt, Machine.Current.Time.GetTimestamp());
}
