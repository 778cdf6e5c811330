namespace RaftActors.Tests.Clients;

public sealed class ClientSettingsTests
{
    [Fact]
    public void Unset_options_come_from_the_configuration()
    {
        var settings = Read(
            """
            raft.client { contacts = ["10.0.0.1:2552", "10.0.0.2:2553"], pending-max = 7 }
            raft.client { attempt-timeout = 2s, close-timeout = 3s }
            """);

        Assert.Equal("default", settings.Group);
        Assert.Equal("akka.raft://raft@10.0.0.1:2552 akka.raft://raft@10.0.0.2:2553", string.Join(" ", settings.Contacts));
        Assert.Equal(7, settings.PendingMax);
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), (settings.AttemptTimeout, settings.CloseTimeout));
    }

    [Fact]
    public void Client_without_settings_has_the_defaults()
    {
        var settings = Read("");

        Assert.Empty(settings.Contacts);
        Assert.Equal(10_000, settings.PendingMax);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), (settings.AttemptTimeout, settings.CloseTimeout));
    }

    [Fact]
    public void Settings_of_the_group_come_before_those_of_all_groups()
    {
        var settings = Read("raft { client.pending-max = 7, groups.orders.client.pending-max = 8 }", "orders");

        Assert.Equal(("orders", 8), (settings.Group, settings.PendingMax));
    }

    [Theory]
    [InlineData("raft.client.contacts = [\"orders\"]", "names 'orders', which is no address")]
    [InlineData("raft.client.pending-max = 0", "must be 1 or more")]
    [InlineData("raft.client.attempt-timeout = soon", "raft.client.attempt-timeout is 'soon'; it must be a time above zero, such as")]
    [InlineData("raft.client.pending = 1", "The nearest one is raft.client.pending-max")]
    public void Wrong_setting_is_refused_with_the_remedy(string config, string expected) =>
        Assert.Contains(expected, Assert.Throws<RaftConfigurationException>(() => Read(config)).Message);

    private static ClientSettings Read(string config, string group = "default") => ClientSettings.Read(
        ConfigurationFactory.ParseString(config).WithFallback(Raft.DefaultConfig()), group);
}
