using System.Globalization;
using System.Text.RegularExpressions;

namespace RaftActors.Tests.Settings;

/// <summary>The rules in the comments of reference.conf, and keys that it does not have.</summary>
public sealed partial class SettingTableTests
{
    private static readonly Dictionary<string, double> Units = new()
    {
        [""] = 1,
        ["ms"] = 1,
        ["s"] = 1000,
        ["b"] = 1,
        ["KiB"] = 1 << 10,
        ["MiB"] = 1 << 20,
        ["GiB"] = 1 << 30,
    };

    public static TheoryData<string> Keys => [.. SettingTable.OfRaft.All.Select(setting => setting.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Default_keeps_the_rule(string key) => Check(key, null);

    [Theory]
    [MemberData(nameof(Keys))]
    public void Value_of_the_wrong_type_is_refused_with_its_key_and_the_rule(string key)
    {
        var setting = SettingTable.OfRaft[key];
        var (wrong, rule) = setting.Kind switch
        {
            "time" => ("5 apples", "a time above zero, such as 500ms or 2s"),
            "time or off" => ("on", "off, or a time above zero, such as 30m or 2h"),
            "size" => ("5 apples", "a size, such as 64kB or 1MiB"),
            "number" => ("1.5", "a whole number"),
            "list" => ("apple", "a list, such as [\"a\", \"b\"]"),
            "choice" => ("apple", setting.Rule),
            _ => (null, null),
        };
        if (wrong is not null)
        {
            Assert.Equal($"raft.{key} is '{wrong}'; it must be {rule}.", Refused(key, wrong));
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Values_at_the_bounds_are_accepted_and_values_beyond_are_refused_with_the_bound(string key)
    {
        var setting = SettingTable.OfRaft[key];
        var (unit, step) = setting.Kind switch
        {
            "time" or "time or off" => ("ms", 0.5),
            "size" => ("b", 0.5),
            "text" => ("", 1),
            _ => ("", 1.0),
        };
        var limits = setting.Bounds.SelectMany(LimitsOf).ToList();
        foreach (var (limit, isMax, _) in limits)
        {
            // A lower maximum refuses it first.
            var refused = Refused(key, Text(limit + (isMax ? step : -step)));
            Assert.Contains(limits, each => each.IsMax == isMax && refused.Contains($" it must be {each.Rule}"));
        }

        foreach (var group in limits.GroupBy(each => each.IsMax))
        {
            Check(key, Text(group.Key ? group.Min(each => each.Limit) : group.Max(each => each.Limit)));
        }

        string Text(double value) =>
            setting.Kind == "text" ? new string('x', (int)value) : value.ToString(CultureInfo.InvariantCulture) + unit;
    }

    [Theory]
    [InlineData("raft.time-limit = 5s # time, 1ms or less", "Write MIN or more, MIN to MAX, at least MIN or at most MAX.")]
    [InlineData("raft.time-limit = 5s # time, at most raft.limit", "'limit'")]
    public void Wrong_rule_of_a_reference_is_refused(string reference, string expected)
    {
        var table = new SettingTable(reference);

        Assert.Contains(expected, Assert.ThrowsAny<Exception>(() => table.Check(table.Defaults)).Message);
    }

    [Theory]
    [InlineData(
        "raft.heartbeat-interval = 400ms",
        "raft.heartbeat-interval is '400ms'; it must be at most raft.election-timeout.min / 3, and raft.election-timeout.min is '1s'.")]
    [InlineData(
        "raft.tick-interval = [soon]",
        "raft.tick-interval is empty, a list or an object; it must be a time above zero, such as 500ms or 2s.")]
    [InlineData("raft.tick-interval = 0s", "raft.tick-interval is '0s'; it must be a time above zero, such as 500ms or 2s.")]
    [InlineData("raft.tick-interval = -1s", "raft.tick-interval is '-1s'; it must be a time above zero, such as 500ms or 2s.")]
    [InlineData("raft.tick-interval = infinite", "raft.tick-interval is 'infinite'; it must be a time above zero, such as 500ms or 2s.")]
    [InlineData("raft.append-timeout = 5kB", "raft.append-timeout is '5kB'; it must be a time above zero, such as 500ms or 2s.")]
    [InlineData("raft.pair-size-max = 5s", "raft.pair-size-max is '5s'; it must be a size, such as 64kB or 1MiB.")]
    [InlineData("raft.pair-size-max = -5b", "raft.pair-size-max is '-5b'; it must be 1b or more.")]
    [InlineData("raft.pair-size-max = 9000000000GB", "raft.pair-size-max is '9000000000GB'; it must be")]
    [InlineData("raft.get-window = 2147483648", "raft.get-window is '2147483648'; it must be a whole number.")]
    [InlineData("raft.priority = \"\"", "raft.priority is empty, a list or an object; it must be a whole number.")]
    [InlineData("raft.priority = [1]", "raft.priority is empty, a list or an object; it must be a whole number.")]
    [InlineData("raft.group = [a]", "raft.group is")]
    [InlineData("raft.lease.enabled = maybe", "raft.lease.enabled is 'maybe'; it must be on or off.")]
    [InlineData("raft.lease.enabled = On", "raft.lease.enabled is 'On'; it must be on or off.")]
    [InlineData("raft.roster = a", "raft.roster is 'a'; it must be a list, such as [\"a\", \"b\"].")]
    [InlineData("raft.get-window { max = 1 }", "raft.get-window has keys below it, but it is one value. Set raft.get-window itself.")]
    [InlineData("raft.groups.orders { node = a }", "raft.groups.orders.node is set, but it belongs to the whole node: set raft.node.")]
    [InlineData("raft.groups.orders.get-window = 0", "raft.get-window is '0'; it must be 1 or more.")]
    public void Refused_value_is_told_with_the_values_that_it_depends_on(string config, string expected)
    {
        var all = ConfigurationFactory.ParseString(config).WithFallback(Defaults);

        Assert.StartsWith(expected, Assert.Throws<RaftConfigurationException>(() => Raft.Check(all)).Message);
    }

    // Typed options are checked before the rest of the configuration is known.
    [Fact]
    public void Bound_by_a_setting_that_the_configuration_lacks_is_not_checked() =>
        Raft.Check(ConfigurationFactory.ParseString("raft.heartbeat-interval = 400ms"));

    [Theory]
    [InlineData("raft.store.directry = x", "There is no setting raft.store.directry. The nearest one is raft.store.directory;")]
    [InlineData("raft.stor.directory = x", "There is no setting raft.stor.directory. The nearest one is raft.store.directory;")]
    [InlineData("raft.store.dir = x", "There is no setting raft.store.dir. The nearest one is raft.store.directory;")]
    [InlineData("raft.directory = x", "There is no setting raft.directory. The nearest one is raft.store.directory;")]
    [InlineData("raft.rooster = [a]", "There is no setting raft.rooster. The nearest one is raft.roster;")]
    [InlineData("raft.lease-enabled = on", "There is no setting raft.lease-enabled. The nearest one is raft.lease.enabled;")]
    [InlineData(
        "raft.follower.delivery = in-order",
        "There is no setting raft.follower.delivery. The nearest one is raft.learner.delivery;")]
    [InlineData("raft.stor {}", "There is no setting raft.stor. The nearest one is raft.store;")]
    [InlineData("raft.store.directory.path = x", "raft.store.directory has keys below it, but it is one value.")]
    [InlineData("raft.lease = \"{}\"", "raft.lease is set to one value, but it holds keys, such as raft.lease.enabled.")]
    [InlineData("raft.lease = [on]", "raft.lease is set to one value, but it holds keys, such as raft.lease.enabled.")]
    [InlineData("raft.groups = on", "raft.groups is set to one value, but it holds keys, such as raft.groups.NAME.roster.")]
    [InlineData("raft.groups.orders = on", "raft.groups.orders is set to one value, but it holds keys, such as raft.groups.orders.roster.")]
    [InlineData("raft.lease = on", "raft.lease is set to one value, but it holds keys, such as raft.lease.enabled.")]
    [InlineData(
        "raft.groups.orders.apend-timeout = 1s",
        "There is no setting raft.groups.orders.apend-timeout. The nearest one is raft.groups.orders.append-timeout;")]
    [InlineData(
        "raft.groups.orders.discovery = cluster",
        "raft.groups.orders.discovery is set, but it belongs to the whole node: set raft.discovery.")]
    public void Unknown_key_is_refused_with_the_nearest_known_one(string config, string expected)
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Read(config));

        Assert.Contains(expected, problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("raft { node = a, roster = [a, b], store { directory = x, seal-after = 2s } }")]
    [InlineData("raft.groups { orders { append-timeout = 1s, store.directory = y }\n any-name { roster = [a] } }")]
    [InlineData("raft { roster = [], contacts = [], node = \"{\" }")]
    [InlineData("raft { store {}\n groups { orders {} } }")]
    [InlineData("rafts.of.others = 1")]
    [InlineData("raft.node = \"\"\"{\n}\"\"\"")]
    [InlineData("raft.node = \"\", raft.lease = \"\"")]
    public void Known_keys_and_names_of_groups_are_accepted(string config) => Read(config);

    [Theory]
    [InlineData("configuration.md")]
    [InlineData("operations.md")]
    public void Configurations_on_the_pages_have_known_keys_only(string page)
    {
        var pieces = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pages", page)).Split("```hocon\n").Skip(1).ToList();

        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Read(piece.Split("```")[0]));
    }

    // A node with a thousand groups reads it for each of them.
    [Fact]
    public void Configuration_is_checked_once_unless_it_has_an_unknown_key()
    {
        var good = ConfigurationFactory.ParseString("raft.node = a").WithFallback(Raft.DefaultConfig());
        var bad = ConfigurationFactory.ParseString("raft.noode = a").WithFallback(Raft.DefaultConfig());

        Assert.Same(SettingTable.OfRaft.In(good), SettingTable.OfRaft.In(good));
        Assert.Throws<RaftConfigurationException>(() => SettingTable.OfRaft.In(bad));
        Assert.Throws<RaftConfigurationException>(() => SettingTable.OfRaft.In(bad));
    }

    private static Config Defaults => SettingTable.OfRaft.Defaults;

    private static string Refused(string key, string value) =>
        Assert.Throws<RaftConfigurationException>(() => Check(key, value)).Message;

    // All other settings have their defaults.
    private static void Check(string key, string? value) => SettingTable.OfRaft[key].Read(
        ConfigurationFactory.ParseString(value is null ? "" : $"raft.{key} = {value}").WithFallback(Defaults).GetConfig("raft")!,
        SettingTable.OfRaft);

    private static IEnumerable<(double Limit, bool IsMax, string Rule)> LimitsOf(string bound)
    {
        var match = Bound().Match(bound);
        Assert.True(match.Success, bound);
        return match.Groups.Values.Skip(1).Where(limit => limit.Success)
            .Select(limit => (LimitOf(limit.Value), limit.Name == "max", bound));
    }

    private static double LimitOf(string limit) => limit.Split(' ') switch
    {
        [var key, "/", var number] => LimitOf(key) / double.Parse(number, CultureInfo.InvariantCulture),
        [var name] when name.StartsWith("raft.", StringComparison.Ordinal) => LimitOf(Defaults.GetString(name)),
        [var text, ..] =>
            Units[text.TrimStart([.. "0123456789"])] * int.Parse(text.TrimEnd([.. "smbBKMGi"]), CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException(limit),
    };

    private static void Read(string config) => SettingTable.OfRaft.In(ConfigurationFactory.ParseString(config).WithFallback(Defaults));

    [GeneratedRegex(@"^(?:(?<min>[0-9]\w*) or more|at least (?<min>.+)|at most (?<max>.+)|(?<min>[0-9]\w*) to (?<max>[0-9]\w*))$")]
    private static partial Regex Bound();
}
