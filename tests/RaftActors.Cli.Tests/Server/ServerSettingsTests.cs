namespace RaftActors.Cli.Tests.Server;

/// <summary>Validation of a server's arguments.</summary>
public sealed class ServerSettingsTests
{
    [Theory]
    [InlineData("9990")]
    [InlineData(":9990")]
    public void Port_is_accepted_with_and_without_a_colon(string port)
    {
        var settings = ServerSettings.Of(":9990,:9991,host:9992", port);

        Assert.Equal(":9990", settings.Id.ToString());
        Assert.Equal([":9990", ":9991", "host:9992"], settings.Servers.Select(server => server.ToString()));
        Assert.True(settings.IsFounder);
        Assert.EndsWith(Path.Combine(".goraft", "_9990"), settings.Data);
        Assert.Equal((150, 300), (settings.ElectionTimeoutMin, settings.ElectionTimeoutMax));
    }

    [Fact]
    public void Server_outside_its_list_is_no_founder() => Assert.False(ServerSettings.Of(":9990,:9991", "9993").IsFounder);

    [Fact]
    public void Host_is_part_of_the_name_in_lower_case()
    {
        var settings = ServerSettings.Of("host1:9990,host2:9990", "9990", "Host1");
        Assert.True(settings.IsFounder);
        Assert.EndsWith(Path.Combine(".goraft", "host1_9990"), settings.Data);
    }

    [Theory]
    [InlineData(1000, null, 1000, 2000)]
    [InlineData(100, null, 100, 300)]
    [InlineData(null, 100, 100, 100)]
    [InlineData(null, 1000, 150, 1000)]
    [InlineData(2500, 3000, 2500, 3000)]
    public void Missing_election_timeout_is_derived_from_the_given_one(int? min, int? max, int least, int longest)
    {
        var settings = ServerSettings.Of(":9990", electionTimeoutMin: min, electionTimeoutMax: max);

        Assert.Equal((least, longest), (settings.ElectionTimeoutMin, settings.ElectionTimeoutMax));
    }

    [Theory]
    [InlineData(null, "-c is missing")]
    [InlineData(" ", "-c is missing")]
    [InlineData(":9990,", "empty item")]
    [InlineData(":9990,,:9991", "empty item")]
    [InlineData(":99999", "':99999' in -c is not a server address")]
    [InlineData("a b", "'a b' in -c is not a server address")]
    [InlineData(":9990,:9991,:9990", "names :9990 twice")]
    [InlineData(":9990,localhost:9990", "names :9990 twice")]
    public void Malformed_list_is_refused(string? cluster, string why) => Refuse(why, cluster: cluster);

    [Theory]
    [InlineData("0")]
    [InlineData("99999")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("host:9990")]
    public void Malformed_port_is_refused(string port) => Refuse("is not a port", port: port);

    [Theory]
    [InlineData("0.0.0.0", "--bind 0.0.0.0")]
    [InlineData("a b", "'a b' is not a host name")]
    [InlineData("host:1", "without a port")]
    public void Malformed_host_is_refused(string host, string why) => Refuse(why, host: host);

    [Fact]
    public void Malformed_local_address_is_refused() => Refuse("'a b' is not a host name", bind: "a b");

    [Fact]
    public void Blank_directory_is_refused() => Refuse("--data is not a directory name", data: " ");

    [Theory]
    [InlineData(300, 150)]
    [InlineData(10, 300)]
    [InlineData(150, 1_000_000)]
    public void Invalid_election_timeouts_are_refused(int min, int max) => Refuse("The election timeout of", min: min, max: max);

    private static void Refuse(
        string why,
        string? cluster = ":9990",
        string port = "9990",
        string? host = null,
        string? bind = null,
        string? data = null,
        int? min = null,
        int? max = null) =>
        Assert.Contains(why, Assert.Throws<UsageException>(() => ServerSettings.Of(cluster, port, host, bind, data, min, max)).Message);
}
