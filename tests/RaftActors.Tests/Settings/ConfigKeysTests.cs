using Akka.Configuration;

using RaftActors.Engine;
using RaftActors.Settings;

namespace RaftActors.Tests.Settings;

/// <summary>Keys under <c>raft</c> that reference.conf does not have.</summary>
public sealed class ConfigKeysTests
{
    [Theory]
    [InlineData("raft.store.directry = x", "There is no setting raft.store.directry. The nearest one is raft.store.directory;")]
    [InlineData("raft.stor.directory = x", "There is no setting raft.stor.directory. The nearest one is raft.store.directory;")]
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
    [InlineData("raft { node = a, roster = [a, b], store { directory = x, sync = none } }")]
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

        Assert.Same(ConfigKeys.RaftIn(good), ConfigKeys.RaftIn(good));
        Assert.Throws<RaftConfigurationException>(() => ConfigKeys.RaftIn(bad));
        Assert.Throws<RaftConfigurationException>(() => ConfigKeys.RaftIn(bad));
    }

    private static void Read(string config) =>
        ConfigKeys.RaftIn(ConfigurationFactory.ParseString(config).WithFallback(Raft.DefaultConfig()));
}
