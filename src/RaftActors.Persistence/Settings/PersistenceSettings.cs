using Akka.Configuration;

namespace RaftActors.Persistence.Settings;

/// <summary>The settings of the journal and the snapshot store of one node. The reference.conf describes each.</summary>
/// <param name="CallTimeout">For one write or one page, with all attempts.</param>
/// <param name="DurableNode">The owner of the durable keys of Distributed Data. Null: the address of the node.</param>
/// <param name="Directory">Where the processes of this node keep the files of their events. Null: in temporary folders.</param>
internal sealed record PersistenceSettings(
    string Group,
    int Shards,
    long EventsMax,
    long SizeMaxBytes,
    int WriteSizeMaxBytes,
    int PageSizeBytes,
    TimeSpan CallTimeout,
    string? Directory,
    string? DurableNode,
    string Reminders,
    TimeSpan ReminderRetry)
{
    private static readonly string Reference = ReadReference();

    public static Config Defaults { get; } = ConfigurationFactory.ParseString(Reference);

    // The first mode keeps coordinators and remembered entities in the journal. In the mode ddata the second line does so for the entities.
    public static Config OfCluster { get; } = ConfigurationFactory.ParseString(
        """
        akka.cluster {
          sharding {
            state-store-mode = persistence
            remember-entities-store = eventsourced
            journal-plugin-id = "akka.persistence.journal.raft"
            snapshot-plugin-id = "akka.persistence.snapshot-store.raft"
          }
          distributed-data.durable.store-actor-class = "RaftActors.Persistence.Durable.RaftDurableStore, RaftActors.Persistence"
        }
        """);

    /// <param name="config">The whole configuration, with the defaults of <c>raft</c>.</param>
    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static PersistenceSettings Read(Config config)
    {
        var all = config.WithFallback(Defaults);
        Raft.CheckLibrary(all, Reference);
        var own = all.GetConfig("raft-persistence");
        var directory = own.GetString("directory");
        return new PersistenceSettings(
            DemandName("group", own.GetString("group")),
            own.GetInt("shards"),
            own.GetLong("events-max"),
            own.GetByteSize("size-max")!.Value, // Justification: it was checked, as the other sizes were.
            (int)own.GetByteSize("write-size-max")!.Value,
            (int)own.GetByteSize("page-size")!.Value,
            own.GetTimeSpan("call-timeout"),
            string.IsNullOrEmpty(directory) ? DirectoryBeside(all.GetString("raft.store.directory")) : directory,
            own.GetString("durable-node") is { Length: > 0 } durable ? durable : null,
            DemandName("reminders", own.GetString("reminders")),
            own.GetTimeSpan("reminder-retry"));
    }

    /// <summary>The groups of the events.</summary>
    public IEnumerable<string> Groups => Enumerable.Range(0, Shards).Select(shard => $"{Group}-{shard}");

    /// <summary>The settings of raft that these groups need, below those of the application.</summary>
    public Config ForRaft() => ConfigurationFactory.ParseString(string.Join(
        '\n', Groups.Select(group => $"raft.groups.\"{group}\".pair-size-max = {WriteSizeMaxBytes}b")));

    /// <summary>
    /// Returns whether a node has a process of a group: it founds it, joins it, or may have shards placed on it. If no nodes are named, it
    /// has one, whose start fails with the remedy.
    /// </summary>
    /// <param name="config">The whole configuration.</param>
    /// <param name="node">The node's <c>raft.node</c>.</param>
    public static bool HasProcess(Config config, string group, string node) =>
        NodesOf(config, group).DefaultIfEmpty(node).Contains(node)
        || (config.GetString($"raft.groups.{group}.joining") ?? config.GetString("raft.joining")) is not "off"
        || config.GetStringList("raft.shard-nodes").Count > 0;

    /// <summary>Returns where the client of a node looks for the groups. Null: where any client looks.</summary>
    /// <param name="config">The whole configuration.</param>
    /// <param name="groups">The groups that the client calls.</param>
    public static IReadOnlyList<string>? ContactsOf(Config config, params IEnumerable<string> groups) =>
        config.GetString("raft.discovery") != "node-names" || config.GetStringList("raft.client.contacts").Count > 0
            ? null
            : [.. groups.SelectMany(group => NodesOf(config, group)).Distinct()];

    // The nodes that found a group. Its own section goes first.
    private static IEnumerable<string> NodesOf(Config config, string group) =>
        new[] { $"raft.groups.{group}.roster", $"raft.groups.{group}.nodes", "raft.roster", "raft.nodes" }
            .Select(path => config.GetStringList(path))
            .FirstOrDefault(names => names is { Count: > 0 }, [])
            .Select(name => name[(name.IndexOf('@') + 1)..]);

    private static string DemandName(string setting, string? group) =>
        group is { Length: > 0 } && !group.Contains('@') && !group.Contains('.') ? group : throw new RaftConfigurationException(
            $"raft-persistence.{setting} is '{group}'; it must be a name without @ and without dots.");

    private static string? DirectoryBeside(string? store) => string.IsNullOrEmpty(store)
        ? null
        : $"{Path.TrimEndingDirectorySeparator(store)}-events";

    private static string ReadReference()
    {
        var assembly = typeof(PersistenceSettings).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream("RaftActors.Persistence.reference.conf")!);
        return reader.ReadToEnd();
    }
}
