using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

using RaftActors.Settings;
using RaftActors.Telemetry;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// The routes of one actor system to other nodes by a <see cref="RaftTransport"/>. They carry all messages of raft. Thread-safe.
/// </summary>
internal sealed class CustomNetwork : INetwork
{
    private readonly ExtendedActorSystem _system;
    private readonly RaftTransport _transport;
    private readonly NetworkContext _context;

    private readonly ConnectionTable<CustomConnection> _connections;

    /// <param name="own">The address that the name of this node stands for.</param>
    /// <param name="registry">Gets <see cref="ConnectionNews"/>.</param>
    /// <exception cref="InvalidOperationException">The transport belongs to an actor system already.</exception>
    public CustomNetwork(
        ExtendedActorSystem system,
        RaftTransport transport,
        TransportSettings settings,
        Address own,
        NodeCalls calls,
        IActorRef registry)
    {
        (_system, _transport) = (system, transport);
        var node = Machine.Current.NewNumber();
        _context = new NetworkContext(settings, own, node, registry, system.Log, new TransportMetrics(system.Name))
        {
            FindSlab = ValueSlabs.Of(system).Find,
            Outcomes = new OutcomeFormat(system),
            Calls = calls,
            Resolve = ResolveOwn,
            ConnectionTo = ConnectionTo,
        };
        _connections = new ConnectionTable<CustomConnection>(NewConnection, _context);
        transport.Attach(Receive);
    }

    public IActorRef Resolve(string path)
    {
        if (!WirePath.TryParse(path, out var parsed) || parsed.Address.HasLocalScope)
        {
            return _system.Provider.ActorAt(path);
        }

        return parsed.Address.Equals(_context.Own) ? ResolveOwn(path)
            : CustomAddress.NodeOf(parsed.Address) is not null ? new ConnectionRef(parsed, _connections.Get(parsed.Address), _context)
            : _system.DeadLetters;
    }

    public ICallLink LinkTo(Address node) => _connections.Get(node);

    public void SetNamed(ImmutableHashSet<Address> named) => _connections.SetNamed(named);

    public void Dispose() => _transport.Detach();

    private IActorRef ResolveOwn(string path) => CustomAddress.ResolveOwn(_system, _context.Own, path);

    private CustomConnection? ConnectionTo(Address address) => _connections.TryGet(address);

    private CustomConnection NewConnection(Address address)
    {
        var node = CustomAddress.NodeOf(address)!; // Justification: the address of a node.
        return new CustomConnection(address, _context, message => Send(node, message), Machine.Current.Time);
    }

    private void Send(string node, ReadOnlyMemory<byte> message)
    {
        try
        {
            _transport.Send(node, message);
        }
        catch (Exception e)
        {
            Warn(node, $"A raft message to {node} was lost, because {_transport.GetType()} failed: {e.Message}");
        }
    }

    private void Receive(string node, ReadOnlyMemory<byte> message)
    {
        try
        {
            var address = CustomAddress.Of(node) ?? throw new InvalidDataException(CustomAddress.WhyNone(node));
            if (!address.Equals(_context.Own))
            {
                _connections.TryGet(address)?.Receive(message);
            }
        }
        catch (InvalidDataException e)
        {
            Warn(node, $"A raft message from {node} was dropped, because it is damaged: {e.Message}");
        }
    }

    private void Warn(string node, string what)
    {
        if (_context.Refusals.TryGive(node, what, out var text))
        {
            _system.Log.Warning("{0}", text);
        }
    }
}
