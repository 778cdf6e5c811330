using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>The connections of the clients of one program, one to each node that they call. Thread-safe.</summary>
internal sealed class CallConnections : ICallNetwork, IDisposable
{
    private readonly ConcurrentDictionary<Address, CallConnection> _all = [];
    private readonly NetworkContext _context;
    private readonly Action<object> _publish;
    private volatile bool _isDisposed;

    public CallConnections(NetworkContext context, Action<object> publish)
    {
        (_context, _publish) = (context, publish);
        if (context.Credentials is { } credentials)
        {
            credentials.Changed += Recheck;
        }
    }

    /// <summary>Makes the connections of a program without an address.</summary>
    /// <exception cref="RaftConfigurationException">The credentials cannot be read.</exception>
    public static CallConnections Of(RaftHost host, TransportSettings settings, SecuritySettings security) => new(
        new NetworkContext(
            settings, RaftAddress.OfClient, Node: 0, ActorRefs.Nobody, host.Log, new(host.System?.Name ?? RaftAddress.OfClient.System))
        {
            Credentials = security.IsOn ? new CredentialStore(security, host.Log) : null,
            Outcomes = new OutcomeFormat(host),
            Calls = new NodeCalls(),
            Resolve = host.ActorAt,
        },
        host.Publish);

    public Address? CallAddress => null;

    public string Problems => string.Join(' ', _all.Values.Select(each => each.Problem).OfType<string>().Distinct());

    public ICallLink LinkTo(Address node)
    {
        var connection = _all.GetOrAdd(node, static (address, own) => new CallConnection(address, own._context, own._publish), this);
        if (_isDisposed)
        {
            connection.Dispose();
        }

        return connection;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _context.Credentials?.Dispose();
        foreach (var connection in _all.Values)
        {
            connection.Dispose();
        }
    }

    private void Recheck()
    {
        foreach (var connection in _all.Values)
        {
            connection.Recheck();
        }
    }
}
