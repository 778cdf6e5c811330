namespace RaftActors.Tests.Settings;

public sealed class RaftSettingsTests
{
    private const string Node = """raft.node = "node1@localhost" """;
    private const string Roster = """raft.roster = ["raft1@node1@localhost", "raft2@node2@localhost", "raft3@node3@localhost"] """;

    // ClientSettingsTests, SecuritySettingsTests and ShardPlanTests have the others, and other tests here the names.
    public static TheoryData<string> Keys =>
    [
        .. SettingTable.OfRaft.All.Select(setting => setting.Key)
            .Where(key => key.Split('.')[0] is not ("client" or "security" or "node" or "nodes" or "roster" or "shard-nodes")),
    ];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Key_changes_the_setting_of_its_name(string key)
    {
        var setting = SettingTable.OfRaft[key];
        var (text, value) = OtherThanTheDefault(setting);
        var before = Leaves(Read(Node)).ToDictionary();

        var changed = Leaves(Read($"{Node}\nraft.{key} = {text}")).Where(leaf => !Equals(before[leaf.Key], leaf.Value)).ToList();

        Assert.NotEmpty(changed);
        if (value is not null)
        {
            var word = key.Split('.')[^1].Split('-')[0];
            Assert.Contains(
                changed, leaf => leaf.Key.Contains(word, StringComparison.OrdinalIgnoreCase) && leaf.Value?.ToString() == value.ToString());
        }
    }

    [Fact]
    public void Shard_becomes_quiescent_unless_that_is_turned_off()
    {
        var shard = new RaftOptions<string> { Shard = new RaftShards("visits", 2).All[0] };

        Assert.True(Read(Node, shard).Timing.MayBeQuiescent);
        Assert.False(Read($"{Node}\nraft.quiescence.enabled = off", shard).Timing.MayBeQuiescent);
    }

    [Fact]
    public void Options_override_the_configuration()
    {
        var options = new RaftOptions<string>
        {
            Group = "orders",
            Name = "raft7",
            Roster = ["raft7@node1@localhost"],
        };

        var settings = Read($"{Node}\n{Roster}\nraft.group = other", options);

        Assert.Equal("orders", settings.Group);
        Assert.Equal("raft7@node1@localhost", settings.Self.Value);
        Assert.Equal(settings.Self, Assert.Single(settings.Roster));
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
    public void Nodes_have_a_process_each_and_those_of_the_group_count_first()
    {
        var config = $"{Node}\nraft.nodes = [n1, n2]\nraft.groups {{ orders.nodes = [n2, n3], bills.roster = [\"a@n1\"] }}";

        Assert.Equal("raft1@n1 raft1@n2", RosterOf("default"));
        Assert.Equal("raft1@n2 raft1@n3", RosterOf("orders"));
        Assert.Equal("a@n1", RosterOf("bills"));

        string RosterOf(string group) => string.Join(' ', Read(config, new RaftOptions<string> { Group = group }).Roster);
    }

    [Fact]
    public void Group_without_a_name_has_that_of_the_actor_and_its_roster_names_no_other_actor()
    {
        const string Unnamed = "raft.group = \"\"";

        Assert.Equal("raft1", Read($"{Node}\n{Unnamed}\nraft.nodes = [n1, n2]").Group);
        Assert.Contains(
            "Set RaftOptions.Group or raft.group, the same on every node.",
            Assert.Throws<RaftConfigurationException>(() => Read($"{Node}\n{Roster}\n{Unnamed}").Validate()).Message);
    }

    [Fact]
    public void Name_that_Akka_made_names_no_group()
    {
        var config = ConfigurationFactory.ParseString("raft { node = n1, nodes = [n1, n2, n3] }").WithFallback(Raft.DefaultConfig());

        var problem = Assert.Throws<RaftConfigurationException>(
            () => RaftSettings.Read(config, new RaftOptions<string>(), "$b", defaultNode: null).Validate());

        Assert.Contains("The raft actor '$b' has a name that Akka.NET made", problem.Message);
        RaftSettings.Read(config, new RaftOptions<string> { Name = "a", Group = "orders" }, "$b", defaultNode: null).Validate();
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
    [InlineData("raft.node = [a, b]", "it must be text. The list of all nodes is raft.nodes.")]
    [InlineData(Node, "Group 'default' has no roster. Set raft.nodes")]
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
        var settings = Read($"{Node}\n{Roster}\nraft.joining = on", new RaftOptions<string> { Name = "new" });

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

    /// <summary>A value that a setting may have while the others have their defaults. Null: a choice has no value of one type.</summary>
    private static (string Text, object? Value) OtherThanTheDefault(Setting setting)
    {
        var table = SettingTable.OfRaft;
        var normal = setting.Read(table.Defaults.GetConfig("raft")!, table); // Justification: it has this section.
        var time = setting.Kind == "time" ? (decimal)normal * (setting.Bounds.Any(bound => bound.StartsWith("at most")) ? 0.5m : 2) : 0;
        return setting switch
        {
            { Kind: "time or off" } => ("45m", TimeSpan.FromMinutes(45)),
            { Kind: "time" } => ($"{time}ms", TimeSpan.FromMilliseconds((double)time)),
            { Kind: "size" } => ($"{(long)(decimal)normal / 2}b", (long)(decimal)normal / 2),
            { Kind: "number" } => ($"{(decimal)normal - 1}", (decimal)normal - 1),
            { Kind: "text" } => ("other", "other"),
            { Kind: "list" } => ("[\":9990\"]", ":9990"),
            _ => (setting.Rule.Split([", ", " or "], StringSplitOptions.None).First(choice => choice != (string)normal), null),
        };
    }

    /// <summary>All values below a record of settings, with their paths.</summary>
    private static IEnumerable<KeyValuePair<string, object?>> Leaves(object settings, string path = "") =>
        settings.GetType().GetProperties().Where(property => property.PropertyType != typeof(Config)).SelectMany(property =>
            (property.GetValue(settings), path + property.Name) switch
            {
                (ImmutableArray<string> list, var name) => [new(name, string.Join(' ', list))],
                (ImmutableArray<ProcessName> list, var name) => [new(name, string.Join(' ', list))],
                ({ } part, var name) when part is StoreOptions || part.GetType().Namespace == typeof(RaftSettings).Namespace =>
                    Leaves(part, $"{name}."),
                var (value, name) => (IEnumerable<KeyValuePair<string, object?>>)[new(name, value)],
            });

    private static CoreOptions ToCore(RaftSettings settings) => settings.ToCoreOptions(new Member(settings.Self, default), 1);

    private static RaftSettings Read(string config, RaftOptions<string>? options = null) => RaftSettings.Read(
        ConfigurationFactory.ParseString($"raft.group = default\n{config}").WithFallback(Raft.DefaultConfig()),
        options ?? new RaftOptions<string>(),
        "raft1",
        defaultNode: null);
}
