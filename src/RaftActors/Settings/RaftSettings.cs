using System.Collections.Immutable;
using System.Globalization;

using Akka.Configuration;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>The settings of one process: its options, and the configuration for each unset option.</summary>
internal sealed record RaftSettings
{
    /// <summary>The configuration of <c>raft</c>, with that of the group over it.</summary>
    public required Config Section { get; init; }

    public required string Group { get; init; }

    public required ProcessName Self { get; init; }

    public required ImmutableArray<ProcessName> Roster { get; init; }

    /// <summary>The group would have a name that Akka.NET made, which another actor may have after the next start.</summary>
    public bool IsUnnamed { get; init; }

    /// <summary>The processes of a group without a name of its own that would not find it, because their actors have other names.</summary>
    public ImmutableArray<ProcessName> Misnamed { get; init; } = [];

    /// <summary>The process founds no group, and waits until a group accepts it.</summary>
    public required bool IsJoining { get; init; }

    public required bool JoinsItself { get; init; }

    /// <inheritdoc cref="RaftStatus.Placement"/>
    public ImmutableArray<ProcessName> Placement { get; init; } = [];

    /// <inheritdoc cref="RaftStatus.IsElsewhere"/>
    public bool IsElsewhere => !Placement.IsEmpty && !Placement.Contains(Self);

    /// <summary>The roster of a joining process. It names nodes to greet until the group does.</summary>
    public ImmutableArray<ProcessName> Greeted { get; init; } = [];

    public required QuorumSettings Quorum { get; init; }

    public required int Priority { get; init; }

    /// <summary>Comes from the actor, not from the configuration.</summary>
    public RaftProgram Program { get; init; } = RaftProgram.Unknown;

    /// <inheritdoc cref="RaftStatus.DownsMembers"/>
    public bool DownsMembers { get; init; }

    /// <summary>A leader raises the logic version by itself.</summary>
    public required bool RaisesLogic { get; init; }

    public required LeaseSettings Lease { get; init; }

    public required LearnerDelivery LearnerDelivery { get; init; }

    public required TimingSettings Timing { get; init; }

    public required RequestSettings Requests { get; init; }

    public required LimitSettings Limits { get; init; }

    /// <summary>The options of the store. An empty directory means memory.</summary>
    public required StoreOptions Store { get; init; }

    public required SnapshotSettings Snapshots { get; init; }

    public required DiscoverySettings Discovery { get; init; }

    public required TransportSettings Transport { get; init; }

    /// <summary>Tells whether the group has, or may later have, a process on another node.</summary>
    public bool SpansNodes => Discovery.IsByNames || Roster.Any(name => name.Node != Self.Node);

    /// <summary>Reads the settings: from the options, then from the section of the group, then from <c>raft</c>.</summary>
    /// <param name="root">The whole configuration, with reference.conf as its fallback.</param>
    /// <param name="actorName">The process's name if the options have none.</param>
    /// <param name="defaultNode">The node's name if the configuration has none. If both are missing, that is an error.</param>
    /// <exception cref="RaftConfigurationException">A setting is missing or cannot be read.</exception>
    public static RaftSettings Read<TValue>(Config root, RaftOptions<TValue> options, string actorName, string? defaultNode)
    {
        var raft = SettingTable.OfRaft.In(root);
        var process = options.Name ?? options.Shard?.Group ?? actorName;
        var named = options.Group ?? options.Shard?.Group ?? ReadGroup(raft);
        var group = named ?? process;
        var config = OfGroup(raft, group);
        config = options.Settings?.WithFallback(config) ?? config;
        var self = Parse($"{process}@{ReadNode(raft, defaultNode)}");
        var joining = config.ReadChoice<RaftJoining>("joining");
        var roster = options.Roster is { } given
            ? [.. given.Select(Parse)]
            : ReadRoster(process, options.Settings, SectionOf(raft, group), raft);
        var priority = config.ReadNumber("priority");
        ImmutableArray<ProcessName> placement = [];
        if (options.Shard is { } shard)
        {
            roster = ShardPlan.RosterOf(shard, roster);
            placement = ShardPlan.PlacedOn(shard, ReadShardNodes(raft));
            priority = ShardPlan.PriorityOf(shard, self, placement.IsEmpty ? roster : placement, priority);
        }

        // A shard that may move was founded before. Without this, founders that it has left would found a second group of its name if
        // they came back with empty stores.
        var isJoining = joining == RaftJoining.On || !placement.IsEmpty || (joining == RaftJoining.Auto && !roster.Contains(self));
        return new RaftSettings
        {
            Section = config,
            Group = group,
            Self = self,
            Roster = isJoining ? [self] : [.. roster.Order()],
            IsUnnamed = named is null && process.StartsWith('$'),
            Misnamed = named is null ? [.. roster.Where(name => name.Process != process)] : [],
            IsJoining = isJoining,
            JoinsItself = joining == RaftJoining.Auto && (placement.IsEmpty || placement.Contains(self)),
            Placement = placement,
            Greeted = isJoining ? [.. roster.Union(placement).Where(name => name != self)] : [],
            Quorum = new(config),
            Priority = priority,
            RaisesLogic = config.ReadFlag("raise-logic-version"),
            DownsMembers = IsOfDowning(root, group),
            Lease = new(config),
            LearnerDelivery = config.ReadChoice<LearnerDelivery>("learner.delivery"),
            Timing = new(config, isShard: options.Shard is not null),
            Requests = new(config),
            Limits = new(config),
            Store = StoreSettings.Read(config),
            Snapshots = new(config),
            Discovery = DiscoverySettings.Read(raft),
            Transport = TransportSettings.Read(raft),
        };
    }

    // The downing provider belongs to a package that this one does not know.
    private static bool IsOfDowning(Config root, string group) =>
        CoordinationOf(root) == group
        && root.GetString("akka.cluster.downing-provider-class", "").StartsWith(
            "RaftActors.Coordination.RaftDowningProvider,", StringComparison.Ordinal);

    /// <summary>Converts the settings to Core's options, with times in ticks.</summary>
    public CoreOptions ToCoreOptions(Member self, ulong seed) => new()
    {
        Self = self,
        Roster = Roster,
        MaxQuorum = Quorum.Max,
        TickMicroseconds = (long)Timing.TickInterval.TotalMicroseconds,
        ElectionTimeoutMinTicks = Timing.ToTicks(Timing.ElectionTimeoutMin),
        ElectionTimeoutMaxTicks = Timing.ToTicks(Timing.ElectionTimeoutMax),
        HeartbeatTicks = Timing.ToTicks(Timing.HeartbeatInterval),
        FoundingTimeoutTicks = Timing.ToTicks(Timing.FoundingTimeout),
        FoundingUid = new GroupUid(Machine.Current.NewGuid()),
        StartedAt = (Machine.Current.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
        MaxBytesPerMessage = Limits.PairSizeMaxBytes,
        MaxInflightMessages = Limits.MaxInflightMessages,
        MaxInflightBytes = Limits.InflightSizeMaxBytes,
        MaxUncommittedBytes = Limits.UncommittedSizeMaxBytes,
        LogMemoryBytes = Limits.LogMemoryMaxBytes,
        Priority = Priority,
        TransferTimeoutTicks = Timing.ToTicks(Timing.TransferTimeout),
        DiskStallTicks = Timing.ToTicks(Timing.DiskStallTimeout),
        QuiesceTicks = Timing.MayBeQuiescent ? Timing.ToTicks(Timing.QuiescentAfter) : 0,
        Lease = Lease.ToCoreOptions(),
        Version = new GroupVersion(FormatRange.Own.Highest, Program.LogicVersion),
        RaisesLogic = RaisesLogic,
        KeepsQuorum = Quorum.IsKept,
        FailureDomain = Quorum.FailureDomain,
        GoneTicks = Timing.ToTicks(Quorum.GoneTime),
        StableTicks = Timing.ToTicks(Quorum.StableTime),
        RemoveAfterTicks = Quorum.RemoveTime is { } time ? Timing.ToTicks(time) : 0,
        IsJoining = IsJoining,
        RetainedEntries = Snapshots.RetainedEntries,
        SnapshotChunkBytes = Snapshots.ChunkSizeBytes,
        Seed = seed,
    };

    /// <exception cref="RaftConfigurationException">The roster is wrong.</exception>
    public void Validate()
    {
        GroupName.Demand(Group);
        Demand(!IsUnnamed, $"The raft actor '{Self.Process}' has a name that Akka.NET made, and another one may have it after the next "
            + "start, so it cannot name a group. Name the actor, the same on every node, or set RaftOptions.Name and RaftOptions.Group.");
        Demand(Misnamed.IsEmpty, $"The group of '{Self}' has no name, and the roster names other actors: {string.Join(", ", Misnamed)}. "
            + "Set RaftOptions.Group or raft.group, the same on every node.");
        Demand(Roster.Length > 0, $"Group '{Group}' has no roster. Set raft.nodes to the names of all its nodes, "
            + $"the same on every node: [\"{Self.Node}\", ...].");
        Demand(Roster.Distinct().Count() == Roster.Length, $"The roster of group '{Group}' has a name twice: "
            + $"{string.Join(", ", Roster)}. Name each process once.");
        var portless = Roster.FirstOrDefault(name => Self.Node.StartsWith($"{name.Node}:", StringComparison.Ordinal));
        Demand(Roster.Contains(Self) || portless == default, $"The roster of group '{Group}' has '{portless}', which lacks the port of "
            + $"'{Self}'. Name each node as host:port.");
        Demand(Roster.Contains(Self), $"'{Self}' is not in the roster of group '{Group}': {string.Join(", ", Roster)}. "
            + "If the group runs already, set raft.joining = on or auto here, and let the process join. Otherwise add it to the roster on "
            + "every node, or correct the actor's name (RaftOptions.Name) or raft.node.");
        Demand(Placement.IsEmpty || Store.Directory.Length > 0, "raft.shard-nodes is set, and raft.store.directory is not. Set it, because "
            + "a node starts the shards that have not left it yet by their stores, and they found no group anew.");
        Demand(Placement.IsEmpty || Placement.Length >= 3 || Quorum.AllowFewerThanThree, $"raft.shard-nodes leaves group '{Group}' "
            + $"{Placement.Length} process(es), so it would survive no failure. Name all nodes that are to have shards, old ones included, "
            + "or set raft.quorum.allow-fewer-than-three = on.");
        Demand(Roster.Length >= 3 || Quorum.AllowFewerThanThree || IsJoining, $"Group '{Group}' has {Roster.Length} process(es), so it "
            + "survives no failure. Name three or more in raft.nodes, or set raft.quorum.allow-fewer-than-three = on.");
    }

    /// <exception cref="RaftConfigurationException">The node has no name.</exception>
    public static string ReadNode(Config raft, string? defaultNode)
    {
        var node = raft.ReadText("node") is { Length: > 0 } configured ? configured : defaultNode;
        return node ?? throw new RaftConfigurationException(
            "This node has no name. Set raft.node in the configuration, for instance raft.node = \"node1@localhost\"; "
            + "no two nodes may share one.");
    }

    /// <summary>The processes of a group whose actors have its name: those that its section or <c>raft</c> names.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <exception cref="RaftConfigurationException">A name cannot be read.</exception>
    public static ImmutableArray<ProcessName> ReadRoster(Config root, string group)
    {
        var raft = SettingTable.OfRaft.In(root);
        return ReadRoster(group, SectionOf(raft, group), raft);
    }

    /// <summary>The name of the group of the coordination, whether or not this node has one.</summary>
    /// <param name="root">The whole configuration.</param>
    public static string CoordinationOf(Config root) => root.GetString("raft-coordination.group", "coordination");

    /// <summary>
    /// Returns whether a group belongs to the coordination or to the persistence, packages that this one does not know. No client of an
    /// application means it.
    /// </summary>
    /// <param name="root">The whole configuration.</param>
    public static bool IsOfPackage(Config root, string group) =>
        group == CoordinationOf(root)
        || group == root.GetString("raft-persistence.reminders")
        || (root.GetString("raft-persistence.group") is { } events
            && group.StartsWith($"{events}-", StringComparison.Ordinal)
            && int.TryParse(group.AsSpan(events.Length + 1), CultureInfo.InvariantCulture, out _));

    /// <summary>The groups that have a section.</summary>
    /// <param name="root">The whole configuration.</param>
    public static IEnumerable<string> SectionsIn(Config root) =>
        (SettingTable.OfRaft.In(root).GetConfig("groups") ?? Config.Empty).AsEnumerable().Select(group => group.Key);

    /// <returns>Null if <c>raft.group</c> is empty.</returns>
    public static string? ReadGroup(Config raft) => raft.ReadText("group") is { Length: > 0 } named ? named : null;

    /// <exception cref="RaftConfigurationException">A node is named twice.</exception>
    public static string[] ReadShardNodes(Config raft)
    {
        var nodes = raft.ReadList("shard-nodes");
        Demand(
            nodes.Distinct().Count() == nodes.Length,
            $"raft.shard-nodes has a name twice: {string.Join(", ", nodes)}. Name each node once.");
        return nodes;
    }

    /// <summary>The options of the store of a group.</summary>
    /// <param name="root">The whole configuration.</param>
    public static StoreOptions ReadStore(Config root, string group) => StoreSettings.Read(OfGroup(SettingTable.OfRaft.In(root), group));

    // The first section that names processes or nodes decides, so the nodes of a group count before the roster of all groups.
    private static ImmutableArray<ProcessName> ReadRoster(string process, params ReadOnlySpan<Config?> sections)
    {
        foreach (var section in sections)
        {
            string[] roster = section?.HasPath("roster") == true ? section.ReadList("roster") : [];
            string[] nodes = section?.HasPath("nodes") == true ? section.ReadList("nodes") : [];
            var names = roster.Length > 0 ? roster : [.. nodes.Select(node => $"{process}@{node}")];
            if (names.Length > 0)
            {
                return [.. names.Select(Parse)];
            }
        }

        return [];
    }

    // The section of the group, with that of all groups as its fallback.
    private static Config OfGroup(Config raft, string group) => SectionOf(raft, group)?.WithFallback(raft) ?? raft;

    private static Config? SectionOf(Config raft, string group) =>
        raft.GetConfig("groups")?.GetConfig(group) is { IsEmpty: false } own ? own : null;

    private static ProcessName Parse(string name)
    {
        try
        {
            return new ProcessName(name);
        }
        catch (FormatException e)
        {
            throw new RaftConfigurationException(e.Message);
        }
    }
}
