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

    /// <summary>Each key of a process: another value than the default, what it is as a setting, and the setting.</summary>
    private static readonly Dictionary<string, (string Text, object Value, Func<RaftSettings, object> Of)> Keys = new()
    {
        ["group"] = ("orders", "orders", settings => settings.Group),
        ["quorum.max"] = ("5", 5, settings => settings.Quorum.Max),
        ["quorum.allow-fewer-than-three"] = ("on", true, settings => settings.Quorum.AllowFewerThanThree),
        ["joining"] = ("on", true, settings => settings.IsJoining),
        ["quorum.keep"] = ("off", false, settings => settings.Quorum.IsKept),
        ["quorum.gone-after"] = ("1m", TimeSpan.FromMinutes(1), settings => settings.Quorum.GoneTime),
        ["quorum.stable-after"] = ("1s", TimeSpan.FromSeconds(1), settings => settings.Quorum.StableTime),
        ["failure-domain"] = ("\"rack 1, room 2\"", "rack 1, room 2", settings => settings.Quorum.FailureDomain),
        ["priority"] = ("-3", -3, settings => settings.Priority),
        ["raise-logic-version"] = ("off", false, settings => settings.RaisesLogic),
        ["transfer-timeout"] = ("1s", TimeSpan.FromSeconds(1), settings => settings.Timing.TransferTimeout),
        ["quiescence.enabled"] = ("on", true, settings => settings.Timing.MayBeQuiescent),
        ["quiescence.after"] = ("1m", TimeSpan.FromMinutes(1), settings => settings.Timing.QuiescentAfter),
        ["lease.enabled"] = ("on", true, settings => settings.Lease.IsEnabled),
        ["lease.max-drift-percent"] = ("5", 5, settings => settings.Lease.MaxDriftPercent),
        ["disk-stall-timeout"] = ("1s", TimeSpan.FromSeconds(1), settings => settings.Timing.DiskStallTimeout),
        ["uncommitted-size-max"] = ("1MB", 1_000_000L, settings => settings.Limits.UncommittedSizeMaxBytes),
        ["in-flight.messages-max"] = ("8", 8, settings => settings.Limits.MaxInflightMessages),
        ["in-flight.size-max"] = ("1MB", 1_000_000L, settings => settings.Limits.InflightSizeMaxBytes),
        ["query-timeout"] = ("1s", TimeSpan.FromSeconds(1), settings => settings.Requests.QueryTimeout),
        ["change-timeout"] = ("1s", TimeSpan.FromSeconds(1), settings => settings.Requests.ChangeTimeout),
        ["tick-interval"] = ("20ms", TimeSpan.FromMilliseconds(20), settings => settings.Timing.TickInterval),
        ["election-timeout.min"] = ("1500ms", TimeSpan.FromMilliseconds(1500), settings => settings.Timing.ElectionTimeoutMin),
        ["election-timeout.max"] = ("9s", TimeSpan.FromSeconds(9), settings => settings.Timing.ElectionTimeoutMax),
        ["heartbeat-interval"] = ("10ms", TimeSpan.FromMilliseconds(10), settings => settings.Timing.HeartbeatInterval),
        ["founding-timeout"] = ("1m", TimeSpan.FromMinutes(1), settings => settings.Timing.FoundingTimeout),
        ["append-timeout"] = ("6s", TimeSpan.FromSeconds(6), settings => settings.Requests.AppendTimeout),
        ["get-timeout"] = ("7s", TimeSpan.FromSeconds(7), settings => settings.Requests.GetTimeout),
        ["get-window"] = ("10", 10, settings => settings.Requests.GetWindow),
        ["pair-size-max"] = ("1kB", 1000, settings => settings.Limits.PairSizeMaxBytes),
        ["log-memory-max"] = ("1MB", 1_000_000L, settings => settings.Limits.LogMemoryMaxBytes),
        ["discovery"] = ("node-names", true, settings => settings.Discovery.IsByNames),
        ["contacts"] = ("[\":9990\", \"host:9991\"]", ":9990 host:9991", settings => string.Join(' ', settings.Discovery.Contacts)),
        ["discovery-interval"] = ("1s", TimeSpan.FromSeconds(1), settings => settings.Discovery.Interval),
        ["transport"] = ("custom", true, settings => settings.Transport.IsCustom),
        ["transport-tcp.hostname"] = ("10.0.0.1", "10.0.0.1", settings => settings.Transport.Hostname),
        ["transport-tcp.port-offset"] = ("0", 0, settings => settings.Transport.PortOffset),
        ["transport-tcp.unencrypted"] = ("on", true, settings => settings.Transport.IsUnencrypted),
        ["transport-tcp.frame-size-max"] = ("1MiB", 1 << 20, settings => settings.Transport.FrameSizeMaxBytes),
        ["transport-tcp.queue-size-max"] = ("1MiB", 1 << 20, settings => settings.Transport.QueueSizeMaxBytes),
        ["learner.delivery"] = ("as-committed", LearnerDelivery.AsCommitted, settings => settings.LearnerDelivery),
        ["store.directory"] = ("/somewhere", "/somewhere", settings => settings.Store.Directory),
        ["store.segment-size"] = ("2MiB", 2L << 20, settings => settings.Store.SegmentSizeBytes),
        ["store.sync"] = ("interval", SyncPolicy.Interval, settings => settings.Store.Sync),
        ["store.sync-interval"] = ("1s", TimeSpan.FromSeconds(1), settings => settings.Store.SyncInterval),
        ["store.batch-size-max"] = ("2MiB", 2 << 20, settings => settings.Store.BatchSizeMaxBytes),
        ["store.seal-after"] = ("2s", TimeSpan.FromSeconds(2), settings => settings.Store.SealAfter),
        ["store.allow-shared-directory"] = ("on", true, settings => settings.Store.AllowSharedDirectory),
        ["store.free-space-floor"] = ("1MiB", 1L << 20, settings => settings.Store.FreeSpaceFloorBytes),
        ["snapshot.after-entries"] = ("5", 5, settings => settings.Snapshots.AfterEntries),
        ["snapshot.after-bytes"] = ("1MB", 1_000_000L, settings => settings.Snapshots.AfterBytes),
        ["snapshot.rebuild-diverged"] = ("on", true, settings => settings.Snapshots.RebuildsDiverged),
        ["snapshot.retained-entries"] = ("0", 0, settings => settings.Snapshots.RetainedEntries),
        ["snapshot.chunk-size"] = ("1kB", 1000, settings => settings.Snapshots.ChunkSizeBytes),
    };

    public static TheoryData<string> AllKeys => [.. Keys.Keys];

    [Theory]
    [MemberData(nameof(AllKeys))]
    public void Key_is_read(string key)
    {
        var (text, value, of) = Keys[key];

        Assert.NotEqual(value, of(Read(Node)));
        Assert.Equal(value, of(Read($"{Node}\nraft.{key} = {text}")));
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
        var ofProcesses = SettingTable.OfRaft.All.Select(setting => setting.Key)
            .Where(key => key.Split('.')[0] is not ("client" or "security"));
        Assert.Equal(Keys.Keys.Concat(others).Order(), ofProcesses.Order());
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
    public void Wrong_setting_is_refused_with_its_value_and_the_remedy(string config, string expected)
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Read(config).Validate());

        Assert.Contains(expected, problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void Wrong_option_is_refused_with_the_words_of_the_setting()
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Read($"{Node}\n{Roster}", new RaftOptions<string> { MaxQuorum = 4 }));

        Assert.Equal("raft.quorum.max is '4'; it must be 3, 5, 7, 9 or 11.", problem.Message);
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
}
