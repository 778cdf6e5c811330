using System.Collections.Immutable;
using System.Text.Json.Serialization;

using Akka.Configuration;

using RaftActors.Clients;
using RaftActors.Settings;

namespace RaftActors;

/// <summary>
/// Calls groups from a program without an actor system, such as a console program, a web application or a worker. Its clients share their
/// settings, their types and one connection to each node that they call. It opens no port, and a connection when a client needs it. Create
/// one for the whole program, and dispose it at the end. Thread-safe.
/// <para>Locks, elections and items need the package RaftActors.Coordination: <c>RaftCoordination.Connect</c>.</para>
/// </summary>
public sealed class RaftConnection : IRaftClients, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<RaftClient> _clients = [];
    private readonly IReadOnlyList<string>? _contacts;
    private readonly ClientHost _host;
    private bool _isDisposed;

    /// <summary>Reads and checks the settings. It connects to no node yet.</summary>
    /// <param name="contacts">
    /// Nodes that know the groups, one or more: <c>host:port</c>. One that answers is enough. Null: <c>raft.client.contacts</c>.
    /// </param>
    /// <param name="settings">
    /// Settings of <c>raft</c> and <c>raft-coordination</c> that differ from the defaults, such as <c>raft.security</c>.
    /// <see cref="Raft.ParseHocon"/> reads them from a text. Those of <c>akka</c> have no effect. Null: none differs.
    /// </param>
    /// <param name="tried">
    /// Called on any thread after each attempt to connect to a node, with its <c>host:port</c>. The exception is null if the connection
    /// is open. It is an <see cref="InvalidDataException"/> if a program answered that is not the expected node, or if one side does not
    /// accept the other, and otherwise an <see cref="IOException"/>. It must return soon, and not throw. Null: nobody is told.
    /// </param>
    /// <exception cref="RaftConfigurationException">
    /// There is no contact, a contact or a setting is wrong, or a certificate or key cannot be read.
    /// </exception>
    public RaftConnection(
        IReadOnlyList<string>? contacts = null, Config? settings = null, Action<string, Exception?>? tried = null)
    {
        (_contacts, Settings) = (contacts, settings?.WithFallback(SettingTable.OfRaft.Defaults) ?? SettingTable.OfRaft.Defaults);
        var raft = SettingTable.OfRaft.In(Settings);
        RaftConfigurationException.Demand(
            ClientSettings.ReadContacts(raft, contacts).Length > 0,
            "A RaftConnection has no contacts. Name nodes of the group as host:port, or set raft.client.contacts.");
        _host = new ClientHost(raft, tried);
    }

    /// <summary>The settings, with the defaults of <c>raft</c>.</summary>
    public Config Settings { get; }

    /// <summary>
    /// Writes and reads the types of a source-generated context as JSON. Otherwise as <see cref="Raft.UseJson"/>: call it before the
    /// clients of these types are created.
    /// </summary>
    /// <typeparam name="TContext">The context, by its own type.</typeparam>
    /// <param name="context">The context, such as <c>ShopJson.Default</c>.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">The context has no types, or a type has the name of another one.</exception>
    /// <exception cref="InvalidOperationException">A client uses one of the types without JSON already.</exception>
    public RaftConnection UseJson<TContext>(TContext context)
        where TContext : JsonSerializerContext
    {
        _host.Json.UseJson(context);
        return this;
    }

    /// <summary>
    /// Creates a client of a group. The first call of the client looks for the group; this method does not. Serializers of Akka.NET have no
    /// effect without an actor system.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the group, as its actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="group">
    /// The name of the group: that of its actors, unless they name another one. Null: <c>raft.group</c> of the settings.
    /// </param>
    /// <param name="contacts">Nodes that know the group, in place of those of this connection. Null: those of this connection.</param>
    /// <param name="codec">The <see cref="RaftOptions{TValue}.Codec"/> of the actors. Null: they have none.</param>
    /// <param name="resultCodec">The <see cref="RaftActor{TValue, TResult}.ResultCodec"/> of the actors. Null: they have none.</param>
    /// <exception cref="ArgumentException">The name of the group has half a surrogate pair.</exception>
    /// <exception cref="RaftConfigurationException">
    /// The name of the group is missing, a contact or setting is wrong, or a type has neither a codec nor JSON.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public RaftClient<TValue, TResult> CreateClient<TValue, TResult>(
        string? group = null,
        IReadOnlyList<string>? contacts = null,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null)
    {
        var client = LiveClient<TValue, TResult>.Make(
            _host, _host.Network, Settings, group ?? OnlyGroup(), contacts ?? _contacts, codec, resultCodec);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _clients.Add(client);
        }

        client.Calls.Stopped.ContinueWith(
            _ => Forget(client), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return client;
    }

    /// <summary>
    /// Creates a client that neither appends nor reads: for the status of a group, and for changes of its members. Otherwise as
    /// <see cref="CreateClient{TValue, TResult}(string?, IReadOnlyList{string}?, RaftCodec{TValue}?, RaftCodec{TResult}?)"/>.
    /// </summary>
    /// <param name="group">As there.</param>
    /// <param name="contacts">As there.</param>
    public RaftClient CreateClient(string? group = null, IReadOnlyList<string>? contacts = null) =>
        CreateClient<object?, object?>(group, contacts);

    /// <summary>
    /// Creates the clients of all shards. Otherwise as
    /// <see cref="CreateClient{TValue, TResult}(string?, IReadOnlyList{string}?, RaftCodec{TValue}?, RaftCodec{TResult}?)"/>.
    /// </summary>
    /// <typeparam name="TValue">The type of the values of the groups, as their actors have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="contacts">As there.</param>
    /// <param name="codec">As there.</param>
    /// <param name="resultCodec">As there.</param>
    public RaftShardsClient<TValue, TResult> CreateClient<TValue, TResult>(
        RaftShards shards,
        IReadOnlyList<string>? contacts = null,
        RaftCodec<TValue>? codec = null,
        RaftCodec<TResult>? resultCodec = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        return new RaftShardsClient<TValue, TResult>(shards, group => CreateClient(group, contacts, codec, resultCodec));
    }

    /// <summary>Creates a client of the entities of shards. <see cref="EntityShard{TEntity, TState}"/> hosts them.</summary>
    /// <typeparam name="TCommand">The type of the commands, as the entities have it.</typeparam>
    /// <typeparam name="TResult">The type of the results of HandleCommand, as the entities have it.</typeparam>
    /// <param name="shards">The shards, as the actors have them.</param>
    /// <param name="contacts">As in <see cref="CreateClient(string?, IReadOnlyList{string}?)"/>.</param>
    public EntityClient<TCommand, TResult> CreateEntityClient<TCommand, TResult>(
        RaftShards shards, IReadOnlyList<string>? contacts = null) =>
        new(_host, CreateClient<object?, object?>(shards, contacts));

    /// <summary>
    /// Asks the contacts, and the nodes that they know, for all processes of their groups. The processes themselves are not asked.
    /// </summary>
    /// <param name="timeout">
    /// The time until the first answer is <c>raft.query-timeout</c>. After each answer the other nodes have this time again. Null: 1 s.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>
    /// Each node by its <c>host:port</c>, with its processes by group and name, or why it did not answer. The statuses have no
    /// <see cref="RaftStatus.Decision"/>.
    /// </returns>
    /// <exception cref="RaftException">No node answered, or the client lacks the role reader.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed.</exception>
    public async Task<ImmutableArray<(string Node, ImmutableArray<RaftStatus> Processes, string? Failure)>> NodesAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        // Nodes are asked without a group.
        await using var client = CreateClient("");
        return await new NodeSurvey(client, timeout ?? TimeSpan.FromSeconds(1), cancellationToken).RunAsync().ConfigureAwait(false);
    }

    /// <summary>Disposes all clients, as <see cref="RaftClient.DisposeAsync"/> does, and ends the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        RaftClient[] clients;
        lock (_lock)
        {
            _isDisposed = true;
            clients = [.. _clients];
        }

        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask())).ConfigureAwait(false);
        _host.Dispose();
    }

    private string OnlyGroup() => RaftSettings.ReadGroup(SettingTable.OfRaft.In(Settings)) ?? throw new RaftConfigurationException(
        "A client needs the name of its group. Give it to CreateClient, or set raft.group.");

    private void Forget(RaftClient client)
    {
        lock (_lock)
        {
            _clients.Remove(client);
        }
    }
}
