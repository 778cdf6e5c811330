using Akka.Actor;
using Akka.Configuration;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Clients;

/// <summary>
/// The program of clients without an actor system. They share their types and their connections, which end with it. Thread-safe.
/// </summary>
internal sealed class ClientHost : RaftHost, IDisposable
{
    private readonly Config _config;
    private readonly Action<object>? _hear;
    private readonly CallConnections _network;

    /// <param name="settings">Overrides reference.conf; null: nothing.</param>
    /// <param name="hear">Gets the events of the clients, on the thread that publishes them.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public ClientHost(Config? settings, Action<object>? hear = null)
    {
        (_config, _hear) = (settings?.WithFallback(SettingTable.OfRaft.Defaults) ?? SettingTable.OfRaft.Defaults, hear);
        var raft = SettingTable.OfRaft.In(_config);
        var transport = TransportSettings.Read(raft);
        _network = CallConnections.Of(this, transport, SecuritySettings.Read(raft));
    }

    /// <inheritdoc/>
    public override Func<string, IActorRef> ActorAt { get; set; } = path =>
        WirePath.TryParse(path, out var parsed) ? new FarActor(parsed) : ActorRefs.Nobody;

    /// <inheritdoc/>
    public override TimeSpan Now => Machine.Current.Time.GetElapsedTime(0);

    /// <param name="isOwner">The host ends with the client.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong, or a type has neither a codec nor a serializer.</exception>
    public RaftClient<TValue, TResult> CreateClient<TValue, TResult>(
        string group,
        IReadOnlyList<string> contacts,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null,
        bool isOwner = false) =>
        LiveClient<TValue, TResult>.Make(this, _network, _config, group, contacts, codec, resultCodec, isOwner ? this : null);

    /// <inheritdoc/>
    public override Action Repeat(TimeSpan interval, Action run)
    {
        var tick = GoOn(run);
        return Machine.Current.Time.CreateTimer(_ => tick(), null, interval, interval).Dispose;
    }

    /// <inheritdoc/>
    public override void Publish(object news) => _hear?.Invoke(news);

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    /// <summary>An actor of a node, as a status names it. Messages to it are dropped.</summary>
    private sealed class FarActor(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => ActorRefs.Nobody.Provider;
    }
}
