using Akka.Actor;
using Akka.Configuration;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Clients;

/// <summary>The program of a <see cref="RaftConnection"/>. Its clients share its types and its connections. Thread-safe.</summary>
internal sealed class ClientHost : RaftHost, IDisposable
{
    private readonly Action<string, Exception?>? _contact;
    private readonly CallConnections _network;

    /// <param name="raft">The settings of <c>raft</c>, with the defaults.</param>
    /// <param name="contact">Told of the connections. See <see cref="RaftConnection"/>.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong, or a certificate or key cannot be read.</exception>
    public ClientHost(Config raft, Action<string, Exception?>? contact = null)
    {
        _contact = contact;
        var transport = TransportSettings.Read(raft);
        _network = CallConnections.Of(this, transport, SecuritySettings.Read(raft));
    }

    public ICallNetwork Network => _network;

    /// <inheritdoc/>
    public override Func<string, IActorRef> ActorAt { get; set; } = path =>
        WirePath.TryParse(path, out var parsed) ? new FarActor(parsed) : ActorRefs.Nobody;

    /// <inheritdoc/>
    public override TimeSpan Now => Machine.Current.Time.GetElapsedTime(0);

    /// <inheritdoc/>
    public override Action Repeat(TimeSpan interval, Action run)
    {
        var tick = GoOn(run);
        return Machine.Current.Time.CreateTimer(_ => tick(), null, interval, interval).Dispose;
    }

    /// <inheritdoc/>
    public override void Publish(object news)
    {
        if (news is ConnectionNews { Address: var node } and (ConnectionNews.Opened or ConnectionNews.Refused))
        {
            _contact?.Invoke($"{node.Host}:{node.Port}", news is not ConnectionNews.Refused refused ? null
                : refused.IsByPeer ? new InvalidDataException(refused.Why)
                : new IOException(refused.Why));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    /// <summary>An actor of a node, as a status names it. Messages to it are dropped.</summary>
    private sealed class FarActor(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => ActorRefs.Nobody.Provider;
    }
}
