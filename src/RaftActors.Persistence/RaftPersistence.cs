using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Configuration;

using RaftActors.Persistence.Group;
using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.Settings;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence;

/// <summary>
/// Keeps the events and snapshots of Akka.Persistence on raft groups. The nodes of <c>raft.nodes</c> run a process of each group, which
/// starts with the first use on its node, even if Akka.NET itself persists. Other nodes are clients of the groups. Thread-safe.
/// </summary>
public sealed class RaftPersistence : IExtension
{
    private RaftPersistence(PersistenceSettings settings, RaftShardsClient<Command, string> client, ExtendedActorSystem system)
    {
        (Settings, Payloads) = (settings, new Payloads(system));
        Calls = new JournalCalls(settings, client.Shards, shard => client[shard], Raft.Time);
    }

    internal PersistenceSettings Settings { get; }

    /// <summary>Tests set calls that they script.</summary>
    internal JournalCalls Calls { get; set; }

    internal Payloads Payloads { get; }

    /// <summary>
    /// The writes of each live persistent actor of this node, by the text of its WriterGuid. The actor holds this very text as long as it
    /// lives, so its entry ends with it, and outlives a restart of the journal.
    /// </summary>
    internal ConditionalWeakTable<string, Writer> Writers { get; } = [];

    /// <summary>Returns the journal of an actor system. The first call starts the processes of this node.</summary>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static RaftPersistence Get(ActorSystem system) => system.WithExtension<RaftPersistence, RaftPersistenceProvider>();

    /// <summary>
    /// The defaults, with the plugins <c>akka.persistence.journal.raft</c> and <c>akka.persistence.snapshot-store.raft</c>. An actor system
    /// needs them from the start: <c>config.WithFallback(RaftPersistence.DefaultConfig())</c>.
    /// </summary>
    public static Config DefaultConfig() => PersistenceSettings.Defaults;

    /// <summary>
    /// The settings of Akka.Cluster by which raft groups keep the state of sharding's coordinators, the remembered entities, and the
    /// durable keys of Distributed Data. <c>WithRaftPersistence</c> of RaftActors.Hosting adds them. Without it:
    /// <c>config.WithFallback(RaftPersistence.ClusterConfig()).WithFallback(RaftPersistence.DefaultConfig())</c>.
    /// </summary>
    public static Config ClusterConfig() => PersistenceSettings.OfCluster;

    internal static RaftPersistence Start(ExtendedActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(DefaultConfig());
        var settings = PersistenceSettings.Read(system.Settings.Config);
        system.Settings.InjectTopLevelFallback(settings.ForRaft());
        var raft = Raft.Get(system);
        RaftShards shards = new(settings.Group, settings.Shards);
        var config = system.Settings.Config;
        foreach (var shard in raft.ShardsHere(shards).Where(each => PersistenceSettings.HasProcess(config, each.Group, raft.Node)))
        {
            system.SystemActorOf(Props.Create(() => new JournalActor(shard, settings)), $"raft-{shard.Group}");
        }

        var contacts = PersistenceSettings.ContactsOf(config, settings.Groups);
        var client = raft.CreateClient<Command, string>(shards, contacts, CommandCodec.Instance);
        return new RaftPersistence(settings, client, system);
    }
}

internal sealed class RaftPersistenceProvider : ExtensionIdProvider<RaftPersistence>
{
    public override RaftPersistence CreateExtension(ExtendedActorSystem system) => RaftPersistence.Start(system);
}
