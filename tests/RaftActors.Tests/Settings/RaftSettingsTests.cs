using Akka.Configuration;

using RaftActors.Core;
using RaftActors.Engine;
using RaftActors.Settings;
using RaftActors.Storage;

namespace RaftActors.Tests.Settings;

public sealed class RaftSettingsTests
{
    private const string Node = """raft.node = "node1@localhost" """;
    private const string Roster = """raft.roster = ["raft1@node1@localhost", "raft2@node2@localhost", "raft3@node3@localhost"] """;

    /// <summary>Every key of reference.conf, and its value in the settings.</summary>
    private static readonly Dictionary<string, Func<RaftSettings, object>> Keys = new()
    {
        ["group"] = settings => settings.Group,
        ["quorum.max"] = settings => settings.Quorum.Max,
        ["quorum.allow-fewer-than-three"] = settings => settings.Quorum.AllowFewerThanThree,
        ["joining"] = settings => settings.IsJoining,
        ["quorum.keep"] = settings => settings.Quorum.IsKept,
        ["quorum.gone-after"] = settings => settings.Quorum.GoneTime,
        ["quorum.stable-after"] = settings => settings.Quorum.StableTime,
        ["failure-domain"] = settings => settings.Quorum.FailureDomain,
        ["priority"] = settings => settings.Priority,
        ["raise-logic-version"] = settings => settings.RaisesLogic,
        ["transfer-timeout"] = settings => settings.Timing.TransferTimeout,
        ["quiescence.enabled"] = settings => settings.Timing.MayBeQuiescent,
        ["quiescence.after"] = settings => settings.Timing.QuiescentAfter,
        ["lease.enabled"] = settings => settings.Lease.IsEnabled,
        ["lease.max-drift-percent"] = settings => settings.Lease.MaxDriftPercent,
        ["disk-stall-timeout"] = settings => settings.Timing.DiskStallTimeout,
        ["uncommitted-size-max"] = settings => settings.Limits.UncommittedSizeMaxBytes,
        ["in-flight.messages-max"] = settings => settings.Limits.MaxInflightMessages,
        ["in-flight.size-max"] = settings => settings.Limits.InflightSizeMaxBytes,
        ["query-timeout"] = settings => settings.Requests.QueryTimeout,
        ["change-timeout"] = settings => settings.Requests.ChangeTimeout,
        ["tick-interval"] = settings => settings.Timing.TickInterval,
        ["election-timeout.min"] = settings => settings.Timing.ElectionTimeoutMin,
        ["election-timeout.max"] = settings => settings.Timing.ElectionTimeoutMax,
        ["heartbeat-interval"] = settings => settings.Timing.HeartbeatInterval,
        ["founding-timeout"] = settings => settings.Timing.FoundingTimeout,
        ["append-timeout"] = settings => settings.Requests.AppendTimeout,
        ["get-timeout"] = settings => settings.Requests.GetTimeout,
        ["get-window"] = settings => settings.Requests.GetWindow,
        ["pair-size-max"] = settings => settings.Limits.PairSizeMaxBytes,
        ["log-memory-max"] = settings => settings.Limits.LogMemoryMaxBytes,
        ["discovery"] = settings => settings.Discovery.IsByNames,
        ["contacts"] = settings => string.Join(' ', settings.Discovery.Contacts),
        ["discovery-interval"] = settings => settings.Discovery.Interval,
        ["transport"] = settings => settings.Transport.IsCustom,
        ["transport-tcp.hostname"] = settings => settings.Transport.Hostname,
        ["transport-tcp.port-offset"] = settings => settings.Transport.PortOffset,
        ["transport-tcp.unencrypted"] = settings => settings.Transport.IsUnencrypted,
        ["transport-tcp.frame-size-max"] = settings => settings.Transport.FrameSizeMaxBytes,
        ["transport-tcp.queue-size-max"] = settings => settings.Transport.QueueSizeMaxBytes,
        ["learner.delivery"] = settings => settings.LearnerDelivery,
        ["store.directory"] = settings => settings.Store.Directory,
        ["store.segment-size"] = settings => settings.Store.SegmentSizeBytes,
        ["store.sync"] = settings => settings.Store.Sync,
        ["store.sync-interval"] = settings => settings.Store.SyncInterval,
        ["store.batch-size-max"] = settings => settings.Store.BatchSizeMaxBytes,
        ["store.seal-after"] = settings => settings.Store.SealAfter,
        ["store.allow-shared-directory"] = settings => settings.Store.AllowSharedDirectory,
        ["store.free-space-floor"] = settings => settings.Store.FreeSpaceFloorBytes,
        ["snapshot.after-entries"] = settings => settings.Snapshots.AfterEntries,
        ["snapshot.after-bytes"] = settings => settings.Snapshots.AfterBytes,
        ["snapshot.rebuild-diverged"] = settings => settings.Snapshots.RebuildsDiverged,
        ["snapshot.retained-entries"] = settings => settings.Snapshots.RetainedEntries,
        ["snapshot.chunk-size"] = settings => settings.Snapshots.ChunkSizeBytes,
    };

    public static TheoryData<string, string, object, object> Values => new()
    {
        { "group", "orders", "default", "orders" },
        { "quorum.max", "5", 11, 5 },
        { "quorum.allow-fewer-than-three", "on", false, true },
        { "joining", "on", false, true },
        { "quorum.keep", "off", true, false },
        { "quorum.gone-after", "1m", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1) },
        { "quorum.stable-after", "1s", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1) },
        { "failure-domain", "\"rack 1, room 2\"", "", "rack 1, room 2" },
        { "priority", "-3", 0, -3 },
        { "raise-logic-version", "off", true, false },
        { "transfer-timeout", "1s", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1) },
        { "quiescence.enabled", "on", false, true },
        { "quiescence.after", "1m", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1) },
        { "lease.enabled", "on", false, true },
        { "lease.max-drift-percent", "5", 10, 5 },
        { "disk-stall-timeout", "1s", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1) },
        { "uncommitted-size-max", "1MB", 64_000_000L, 1_000_000L },
        { "in-flight.messages-max", "8", 64, 8 },
        { "in-flight.size-max", "1MB", 4_000_000L, 1_000_000L },
        { "query-timeout", "1s", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1) },
        { "change-timeout", "1s", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1) },
        { "tick-interval", "20ms", TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(20) },
        { "election-timeout.min", "3s", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3) },
        { "election-timeout.max", "9s", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(9) },
        { "heartbeat-interval", "10ms", TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(10) },
        { "founding-timeout", "1m", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1) },
        { "append-timeout", "6s", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6) },
        { "get-timeout", "7s", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7) },
        { "get-window", "10", 256, 10 },
        { "log-memory-max", "1MB", 64_000_000L, 1_000_000L },
        { "pair-size-max", "1kB", 64_000, 1000 },
        { "discovery", "node-names", false, true },
        { "contacts", "[\":9990\", \"host:9991\"]", "", ":9990 host:9991" },
        { "discovery-interval", "1s", TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1) },
        { "transport", "custom", false, true },
        { "transport-tcp.hostname", "10.0.0.1", "", "10.0.0.1" },
        { "transport-tcp.port-offset", "0", 1000, 0 },
        { "transport-tcp.unencrypted", "on", false, true },
        { "transport-tcp.frame-size-max", "1MiB", 16 << 20, 1 << 20 },
        { "transport-tcp.queue-size-max", "1MiB", 64 << 20, 1 << 20 },
        { "learner.delivery", "as-committed", LearnerDelivery.InOrder, LearnerDelivery.AsCommitted },
        { "store.directory", "/somewhere", "", "/somewhere" },
        { "store.segment-size", "2MiB", 64L << 20, 2L << 20 },
        { "store.sync", "interval", SyncPolicy.Always, SyncPolicy.Interval },
        { "store.sync-interval", "1s", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1) },
        { "store.batch-size-max", "2MiB", 4 << 20, 2 << 20 },
        { "store.seal-after", "2s", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2) },
        { "store.allow-shared-directory", "on", false, true },
        { "store.free-space-floor", "1MiB", 256L << 20, 1L << 20 },
        { "snapshot.after-entries", "5", 10_000, 5 },
        { "snapshot.after-bytes", "1MB", 16_000_000L, 1_000_000L },
        { "snapshot.retained-entries", "0", 1000, 0 },
        { "snapshot.rebuild-diverged", "on", false, true },
        { "snapshot.chunk-size", "1kB", 64_000L, 1000L },
    };

    /// <summary>The keys whose values are no free text.</summary>
    public static TheoryData<string> TypedKeys =>
        [.. Keys.Keys.Except(["group", "failure-domain", "contacts", "transport-tcp.hostname", "store.directory"])];

    [Theory]
    [MemberData(nameof(Values))]
    public void Key_has_its_default_and_is_read(string key, string text, object byDefault, object whenSet)
    {
        Assert.Equal(byDefault, Keys[key](Read(Node)));
        Assert.Equal(whenSet, Keys[key](Read($"{Node}\nraft.{key} = {text}")));
    }

    [Fact]
    public void Shard_becomes_quiescent_unless_that_is_turned_off()
    {
        var shard = new RaftOptions<string> { Shard = new RaftShards("visits", 2).All[0] };

        Assert.True(Read(Node, shard).Timing.MayBeQuiescent);
        Assert.False(Read($"{Node}\nraft.quiescence.enabled = off", shard).Timing.MayBeQuiescent);
    }

    [Fact]
    public void Every_key_of_the_reference_is_read()
    {
        // These keys have no default.
        string[] others = ["node", "roster"];

        // ClientSettingsTests and SecuritySettingsTests have the others.
        var ofProcesses = LeavesOfReference().Where(key => key.Split('.')[0] is not ("client" or "security"));
        Assert.Equal(Keys.Keys.Concat(others).Order(), ofProcesses.Order());
        Assert.Equal(Keys.Keys.Order(), Values.Select(row => (string)row[0]).Order());
    }

    [Fact]
    public void Options_override_the_configuration()
    {
        var options = new RaftOptions<string>
        {
            Group = "orders",
            Name = "raft7",
            Roster = ["raft7@node1@localhost"],
            MaxQuorum = 3,
            AllowFewerThanThree = true,
            LearnerDelivery = LearnerDelivery.AsCommitted,
        };

        var settings = Read($"{Node}\n{Roster}\nraft.group = other", options);

        Assert.Equal("orders", settings.Group);
        Assert.Equal("raft7@node1@localhost", settings.Self.Value);
        Assert.Equal(settings.Self, Assert.Single(settings.Roster));
        Assert.Equal((3, true), (settings.Quorum.Max, settings.Quorum.AllowFewerThanThree));
        Assert.Equal(LearnerDelivery.AsCommitted, settings.LearnerDelivery);
    }

    [Fact]
    public void Section_of_a_group_overrides_the_settings_of_the_node()
    {
        var config = $"{Node}\n{Roster}\nraft.groups.orders {{ append-timeout = 9s, roster = [\"a@node1@localhost\"] }}";

        var orders = Read(config, new RaftOptions<string> { Group = "orders" });
        var other = Read(config);

        Assert.Equal((TimeSpan.FromSeconds(9), 1), (orders.Requests.AppendTimeout, orders.Roster.Length));
        Assert.Equal(TimeSpan.FromSeconds(5), orders.Requests.GetTimeout);
        Assert.Equal((TimeSpan.FromSeconds(5), 3), (other.Requests.AppendTimeout, other.Roster.Length));
    }

    [Fact]
    public void Process_without_a_name_has_the_name_of_its_actor() => Assert.Equal("raft1@node1@localhost", Read(Node).Self.Value);

    [Fact]
    public void Times_are_rounded_up_to_whole_ticks()
    {
        var settings = Read(Node);

        Assert.Equal(1, settings.Timing.ToTicks(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(20, settings.Timing.ToTicks(TimeSpan.FromSeconds(1)));
        Assert.Equal(21, settings.Timing.ToTicks(TimeSpan.FromMilliseconds(1001)));
    }

    [Theory]
    [InlineData("", "This node has no name. Set raft.node")]
    [InlineData(Node, "Group 'default' has no roster. Set raft.roster")]
    [InlineData(Node + "\n" + """raft.roster = ["raft2@n2", "raft3@n3", "raft4@n4"]""", "'raft1@node1@localhost' is not in the roster")]
    [InlineData(Node + "\n" + """raft.roster = ["raft1@node1@localhost", "b@n", "b@n"]""", "has a name twice")]
    [InlineData(Node + "\n" + """raft.roster = ["raft1"]""", "'raft1' is no process name")]
    [InlineData(Node + "\n" + """raft.roster = ["raft1@node1@localhost", "b@n"]""", "has 2 process(es), so it survives no failure")]
    [InlineData(Node + "\n" + Roster + "\nraft.quorum.max = 4", "raft.quorum.max is 4; it may be 3, 5, 7, 9 or 11.")]
    [InlineData(Node + "\n" + Roster + "\nraft.get-window = 0", "raft.get-window is 0; it must be 1 or more.")]
    [InlineData(Node + "\n" + Roster + "\nraft.election-timeout.min = 3s", "min may not be above max")]
    [InlineData(Node + "\n" + Roster + "\nraft.heartbeat-interval = 400ms", "it may be at most a third of raft.election-timeout.min")]
    [InlineData(Node + "\n" + Roster + "\nraft.quorum.gone-after = 1s", "it may not be below raft.election-timeout.max")]
    [InlineData(Node + "\n" + Roster + "\nraft.lease.max-drift-percent = 100", "max-drift-percent is 100; it may be 0 to 99.")]
    [InlineData(Node + "\n" + Roster + "\nraft.uncommitted-size-max = 0b", "raft.uncommitted-size-max is 0; it must be 1 byte or more.")]
    [InlineData(Node + "\n" + Roster + "\nraft.in-flight.size-max = 0b", "raft.in-flight.size-max is 0; it must be 1 byte or more.")]
    [InlineData(Node + "\n" + Roster + "\nraft.in-flight.messages-max = 0", "raft.in-flight.messages-max is 0; it must be 1 or more.")]
    [InlineData(Node + "\n" + Roster + "\nraft.tick-interval = [soon]", "; it must be a time, such as 500ms or 2s.")]
    [InlineData(Node + "\n" + Roster + "\nraft.tick-interval = 0ms", "raft.tick-interval is 00:00:00; it must be above zero.")]
    [InlineData(Node + "\n" + Roster + "\nraft.tick-interval = 0.5ms", " is 00:00:00.0005000; it must be at least 00:00:00.001")]
    [InlineData(Node + "\n" + Roster + "\nraft.learner.delivery = soon", "it may be in-order or as-committed")]
    [InlineData(Node + "\n" + Roster + "\nraft.store.sync = never", "raft.store.sync is 'never'; it may be always, interval or none.")]
    [InlineData(Node + "\n" + Roster + "\nraft.store.segment-size = 1kB", "segment-size is 1000; it must be from 1048576 to 10737")]
    [InlineData(Node + "\n" + Roster + "\nraft.pair-size-max = 33MiB", "it must be at least twice raft.pair-size-max, which is 34603008.")]
    [InlineData(
        Node + "\n" + Roster + "\nraft { transport-tcp.frame-size-max = 1MiB, pair-size-max = 600kB }",
        "raft.transport-tcp.frame-size-max is 1048576 bytes, and raft.pair-size-max is 600000. Set the first to at least twice")]
    [InlineData(Node + "\n" + Roster + "\nraft.store.sync-interval = 0ms", "raft.store.sync-interval is 00:00:00; it must be above zero.")]
    [InlineData(Node + "\n" + Roster + "\nraft.store.seal-after = 0ms", "raft.store.seal-after is 00:00:00; it must be above zero.")]
    [InlineData(Node + "\n" + Roster + "\nraft.store.batch-size-max = 0b", "raft.store.batch-size-max is 0; it must be from 1 to 10737")]
    [InlineData(Node + "\n" + Roster + "\nraft.snapshot.after-entries = 0", "raft.snapshot.after-entries is 0; it must be 1 or more.")]
    [InlineData(Node + "\n" + Roster + "\nraft.snapshot.after-bytes = 0b", "raft.snapshot.after-bytes is 0; it must be 1 byte or more.")]
    [InlineData(Node + "\n" + Roster + "\nraft.snapshot.retained-entries = -1", "retained-entries is -1; it must be 0 or more.")]
    [InlineData(Node + "\n" + Roster + "\nraft.snapshot.chunk-size = 0b", "raft.snapshot.chunk-size is 0; it must be 1 byte or more")]
    [InlineData(
        Node + "\n" + Roster + "\nraft { transport-tcp.frame-size-max = 100000b, pair-size-max = 1000b }",
        "chunk-size is 64000 bytes; it may be at most half of raft.transport-tcp.frame-size-max, which is 100000.")]
    public void Wrong_setting_is_refused_with_its_value_and_the_remedy(string config, string expected)
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Read(config).Validate());

        Assert.Contains(expected, problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Theory]
    [MemberData(nameof(TypedKeys))]
    public void Value_of_the_wrong_type_is_refused_with_its_key(string key)
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Read($"{Node}\n{Roster}\nraft.{key} = maybe"));

        Assert.StartsWith($"raft.{key} is 'maybe'; it m", problem.Message);
    }

    [Fact]
    public void Pair_above_the_size_limit_is_refused_with_its_size()
    {
        var settings = Read($"{Node}\nraft.pair-size-max = 5b");
        settings.Limits.DemandFits("kö", 2);

        var problem = Assert.Throws<ArgumentException>(() => settings.Limits.DemandFits("kö", 3));

        Assert.Contains("has 6 bytes, and raft.pair-size-max is 5", problem.Message);
    }

    [Fact]
    public void Roster_of_one_is_accepted_when_fewer_than_three_are_allowed() =>
        Read(Node + "\n" + """raft.roster = ["raft1@node1@localhost"], raft.quorum.allow-fewer-than-three = on""").Validate();

    [Fact]
    public void Joining_process_needs_no_roster_and_has_only_itself_in_it()
    {
        var settings = Read($"{Node}\n{Roster}", new RaftOptions<string> { Name = "new", IsJoining = true });

        settings.Validate();

        Assert.Equal(settings.Self, Assert.Single(settings.Roster));
        Assert.True(ToCore(settings).IsJoining);
    }

    [Fact]
    public void Core_gets_the_settings_with_times_in_ticks()
    {
        var core = ToCore(Read($$"""
            {{Node}}
            {{Roster}}
            raft { failure-domain = rack-1, priority = 7, transfer-timeout = 1s, disk-stall-timeout = 3s, uncommitted-size-max = 1kB }
            raft.quorum { keep = off, gone-after = 20s, stable-after = 4s }
            raft.lease { enabled = on, max-drift-percent = 5 }
            raft.in-flight { messages-max = 2, size-max = 2kB }
            raft.snapshot { retained-entries = 9, chunk-size = 3kB }
            """));

        Assert.Equal((9, 3000), (core.RetainedEntries, core.SnapshotChunkBytes));
        Assert.Equal((7, 20, 60), (core.Priority, core.TransferTimeoutTicks, core.DiskStallTicks));
        Assert.Equal((false, 400, 80), (core.KeepsQuorum, core.GoneTicks, core.StableTicks));
        Assert.Equal("rack-1", core.FailureDomain);
        Assert.Equal((50_000, new LeaseOptions(5)), (core.TickMicroseconds, core.Lease));
        Assert.Equal((2, 2000L, 1000L), (core.MaxInflightMessages, core.MaxInflightBytes, core.MaxUncommittedBytes));
        Assert.Null(ToCore(Read($"{Node}\n{Roster}")).Lease);
    }

    private static CoreOptions ToCore(RaftSettings settings) => settings.ToCoreOptions(new Member(settings.Self, default), 1);

    private static RaftSettings Read(string config, RaftOptions<string>? options = null) => RaftSettings.Read(
        ConfigurationFactory.ParseString(config).WithFallback(Raft.DefaultConfig()),
        options ?? new RaftOptions<string>(),
        "raft1",
        defaultNode: null);

    // Returns the paths of all values below "raft", in the order of the file.
    private static IEnumerable<string> LeavesOfReference()
    {
        List<string> path = [];
        var stream = typeof(Raft).Assembly.GetManifestResourceStream("RaftActors.reference.conf");
        using var reader = new StreamReader(stream!); // Justification: it is built in.
        while (reader.ReadLine()?.Trim() is { } line)
        {
            if (line.EndsWith('{'))
            {
                path.Add(line[..^1].Trim());
            }
            else if (line == "}")
            {
                path.RemoveAt(path.Count - 1);
            }
            else if (line.Length > 0 && line[0] != '#' && path[0] == "raft")
            {
                yield return string.Join('.', path.Skip(1).Append(line.Split('=')[0].Trim()));
            }
        }
    }
}
