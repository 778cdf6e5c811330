using System.Collections.Immutable;

using Akka.Configuration;

using RaftActors.Codec;
using RaftActors.Core;
using RaftActors.Discovery;
using RaftActors.Storage;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Engine;

/// <summary>The settings of one process: its options, and the configuration for each unset option.</summary>
internal sealed record RaftSettings
{
    public required string Group { get; init; }

    public required ProcessName Self { get; init; }

    public required ImmutableArray<ProcessName> Roster { get; init; }

    public required int MaxQuorum { get; init; }

    public required bool AllowFewerThanThree { get; init; }

    /// <summary>The process founds nothing, and waits until a group accepts it.</summary>
    public required bool IsJoining { get; init; }

    public required bool KeepsQuorum { get; init; }

    public required TimeSpan GoneTime { get; init; }

    public required TimeSpan StableTime { get; init; }

    public required int Priority { get; init; }

    public required TimeSpan TransferTimeout { get; init; }

    public required bool HasLeases { get; init; }

    public required int MaxDriftPercent { get; init; }

    public required TimeSpan DiskStallTimeout { get; init; }

    public required long UncommittedSizeMaxBytes { get; init; }

    public required int MaxInflightMessages { get; init; }

    public required long InflightSizeMaxBytes { get; init; }

    public required TimeSpan QueryTimeout { get; init; }

    public required TimeSpan ChangeTimeout { get; init; }

    public required LearnerDelivery LearnerDelivery { get; init; }

    public required TimeSpan TickInterval { get; init; }

    public required TimeSpan ElectionTimeoutMin { get; init; }

    public required TimeSpan ElectionTimeoutMax { get; init; }

    public required TimeSpan HeartbeatInterval { get; init; }

    public required TimeSpan FoundingTimeout { get; init; }

    public required TimeSpan AppendTimeout { get; init; }

    public required TimeSpan GetTimeout { get; init; }

    public required int GetWindow { get; init; }

    public required int PairSizeMaxBytes { get; init; }

    /// <summary>The options of the store. An empty directory means memory.</summary>
    public required StoreOptions Store { get; init; }

    public required SnapshotSettings Snapshots { get; init; }

    /// <summary>The frame size of the transport between nodes; 0 if there is no transport.</summary>
    public required long FrameSizeMaxBytes { get; init; }

    public required DiscoverySettings Discovery { get; init; }

    /// <summary>Whether a process of the group is on another node, or may be later.</summary>
    public bool SpansNodes => Discovery.IsByNames || Roster.Any(name => name.Node != Self.Node);

    /// <summary>Reads the settings: from the options, then from the section of the group, then from <c>raft</c>.</summary>
    /// <param name="root">The whole configuration, with reference.conf as its fallback.</param>
    /// <param name="actorName">The process's name if the options have none.</param>
    /// <param name="defaultNode">The node's name if the configuration has none. Null: a missing name is an error.</param>
    /// <exception cref="RaftConfigurationException">A setting is missing or cannot be read.</exception>
    public static RaftSettings Read<TValue>(Config root, RaftOptions<TValue> options, string actorName, string? defaultNode)
    {
        var raft = root.GetConfig("raft") ?? Config.Empty;
        ConfigKeys.DemandKnown(raft);
        var group = options.Group ?? raft.GetString("group") ?? "";
        var own = raft.GetConfig("groups")?.GetConfig(group);
        var config = own is null || own.IsEmpty ? raft : own.WithFallback(raft);

        var node = raft.GetString("node") is { Length: > 0 } configured ? configured : defaultNode;
        if (node is null)
        {
            throw new RaftConfigurationException(
                "This node has no name. Set raft.node in the configuration, for instance raft.node = \"node1@localhost\"; "
                + "no two nodes may share one.");
        }

        var self = Parse($"{options.Name ?? actorName}@{node}");
        var isJoining = options.IsJoining ?? config.GetBoolean("joining");
        var roster = (options.Roster ?? [.. config.GetStringList("roster")]).Select(Parse);
        return new RaftSettings
        {
            Group = group,
            Self = self,
            Roster = isJoining ? [self] : [.. roster.Order()],
            IsJoining = isJoining,
            KeepsQuorum = config.GetBoolean("quorum.keep"),
            GoneTime = ReadTime(config, "quorum.gone-after"),
            StableTime = ReadTime(config, "quorum.stable-after"),
            Priority = config.GetInt("priority"),
            TransferTimeout = ReadTime(config, "transfer-timeout"),
            HasLeases = config.GetBoolean("lease.enabled"),
            MaxDriftPercent = config.GetInt("lease.max-drift-percent"),
            DiskStallTimeout = ReadTime(config, "disk-stall-timeout"),
            UncommittedSizeMaxBytes = config.GetByteSize("uncommitted-size-max") ?? 0,
            MaxInflightMessages = config.GetInt("in-flight.messages-max"),
            InflightSizeMaxBytes = config.GetByteSize("in-flight.size-max") ?? 0,
            QueryTimeout = ReadTime(config, "query-timeout"),
            ChangeTimeout = ReadTime(config, "change-timeout"),
            MaxQuorum = options.MaxQuorum ?? config.GetInt("quorum.max"),
            AllowFewerThanThree = options.AllowFewerThanThree ?? config.GetBoolean("quorum.allow-fewer-than-three"),
            LearnerDelivery = options.LearnerDelivery ?? ReadDelivery(config.GetString("learner.delivery")),
            TickInterval = ReadTime(config, "tick-interval"),
            ElectionTimeoutMin = ReadTime(config, "election-timeout.min"),
            ElectionTimeoutMax = ReadTime(config, "election-timeout.max"),
            HeartbeatInterval = ReadTime(config, "heartbeat-interval"),
            FoundingTimeout = ReadTime(config, "founding-timeout"),
            AppendTimeout = ReadTime(config, "append-timeout"),
            GetTimeout = ReadTime(config, "get-timeout"),
            GetWindow = config.GetInt("get-window"),
            PairSizeMaxBytes = (int)Math.Clamp(config.GetByteSize("pair-size-max") ?? 0, 1, int.MaxValue),
            Store = StoreSettings.Read(config),
            Snapshots = SnapshotSettings.Read(config),
            Discovery = DiscoverySettings.Read(raft),
            FrameSizeMaxBytes = root.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size") ?? 0,
        };
    }

    /// <summary>Rounds a time up to whole ticks, at least one.</summary>
    public int ToTicks(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time / TickInterval), 1, int.MaxValue / 2);

    /// <summary>Converts the settings to Core's options, with times in ticks.</summary>
    public CoreOptions ToCoreOptions(Member self, ulong seed) => new()
    {
        Self = self,
        Roster = Roster,
        MaxQuorum = MaxQuorum,
        ElectionTimeoutMinTicks = ToTicks(ElectionTimeoutMin),
        ElectionTimeoutMaxTicks = ToTicks(ElectionTimeoutMax),
        HeartbeatTicks = ToTicks(HeartbeatInterval),
        FoundingTimeoutTicks = ToTicks(FoundingTimeout),
        FoundingUid = new GroupUid(Guid.NewGuid()),
        MaxBytesPerMessage = PairSizeMaxBytes,
        MaxInflightMessages = MaxInflightMessages,
        MaxInflightBytes = InflightSizeMaxBytes,
        MaxUncommittedBytes = UncommittedSizeMaxBytes,
        Priority = Priority,
        TransferTimeoutTicks = ToTicks(TransferTimeout),
        DiskStallTicks = ToTicks(DiskStallTimeout),
        Lease = HasLeases ? new LeaseOptions((long)TickInterval.TotalMicroseconds, MaxDriftPercent) : null,
        KeepsQuorum = KeepsQuorum,
        GoneTicks = ToTicks(GoneTime),
        StableTicks = ToTicks(StableTime),
        IsJoining = IsJoining,
        RetainedEntries = Snapshots.RetainedEntries,
        SnapshotChunkBytes = (int)Snapshots.ChunkSizeBytes,
        Seed = seed,
    };

    /// <exception cref="ArgumentException">The pair exceeds <c>raft.pair-size-max</c>.</exception>
    public void DemandFits(string key, ReadOnlyMemory<byte> value)
    {
        var size = StrictText.Encode(key).Length + value.Length;
        if (size > PairSizeMaxBytes)
        {
            throw new ArgumentException(
                $"The pair of key '{key[..Math.Min(key.Length, 40)]}' has {size} bytes, and raft.pair-size-max is {PairSizeMaxBytes}. "
                + "Store large values elsewhere and append a reference to them, or raise raft.pair-size-max.");
        }
    }

    /// <exception cref="RaftConfigurationException">A setting is out of range, or contradicts another one.</exception>
    public void Validate()
    {
        Demand(Roster.Length > 0, $"Group '{Group}' has no roster. Set raft.roster to the names of all its processes, "
            + $"the same on every node: [\"{Self}\", ...].");
        Demand(Roster.Distinct().Count() == Roster.Length, $"The roster of group '{Group}' has a name twice: "
            + $"{string.Join(", ", Roster)}. Name each process once.");
        Demand(Roster.Contains(Self), $"'{Self}' is not in the roster of group '{Group}': {string.Join(", ", Roster)}. "
            + "Add it to the roster on every node, or correct the actor's name (RaftOptions.Name) or raft.node.");
        Demand(Roster.Length >= 3 || AllowFewerThanThree || IsJoining, $"Group '{Group}' has {Roster.Length} process(es), so it survives "
            + "no failure. Name three or more in raft.roster, or set raft.quorum.allow-fewer-than-three = on.");
        Demand(MaxQuorum is >= 3 and <= 11 && MaxQuorum % 2 == 1, $"raft.quorum.max is {MaxQuorum}; it may be 3, 5, 7, 9 or 11.");
        Demand(GetWindow >= 1, $"raft.get-window is {GetWindow}; it must be 1 or more.");
        Demand(UncommittedSizeMaxBytes >= 1, $"raft.uncommitted-size-max is {UncommittedSizeMaxBytes}; it must be 1 byte or more.");
        Demand(MaxInflightMessages >= 1, $"raft.in-flight.messages-max is {MaxInflightMessages}; it must be 1 or more.");
        Demand(InflightSizeMaxBytes >= 1, $"raft.in-flight.size-max is {InflightSizeMaxBytes}; it must be 1 byte or more.");
        Demand(MaxDriftPercent is >= 0 and < 100, $"raft.lease.max-drift-percent is {MaxDriftPercent}; it may be 0 to 99.");
        Demand(GoneTime >= ElectionTimeoutMax, $"raft.quorum.gone-after is {GoneTime}; it may not be below raft.election-timeout.max, "
            + $"which is {ElectionTimeoutMax}.");
        Demand(ElectionTimeoutMin <= ElectionTimeoutMax, $"raft.election-timeout.min is {ElectionTimeoutMin} and max is "
            + $"{ElectionTimeoutMax}; min may not be above max.");
        Demand(HeartbeatInterval * 3 <= ElectionTimeoutMin, $"raft.heartbeat-interval is {HeartbeatInterval}; it may be at most a third of "
            + $"raft.election-timeout.min, which is {ElectionTimeoutMin}.");
        StoreSettings.Validate(Store, PairSizeMaxBytes);
        Snapshots.Validate(SpansNodes ? FrameSizeMaxBytes : 0);
    }

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

    private static LearnerDelivery ReadDelivery(string? text) => text switch
    {
        "in-order" => LearnerDelivery.InOrder,
        "as-committed" => LearnerDelivery.AsCommitted,
        _ => throw new RaftConfigurationException($"raft.learner.delivery is '{text}'; it may be in-order or as-committed."),
    };

    private static TimeSpan ReadTime(Config config, string key)
    {
        var time = config.GetTimeSpan(key, allowInfinite: false);
        Demand(time > TimeSpan.Zero, $"raft.{key} is {time}; it must be above zero.");
        return time;
    }
}
