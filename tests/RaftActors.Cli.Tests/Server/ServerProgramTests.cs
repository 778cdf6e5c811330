using System.Net.NetworkInformation;

namespace RaftActors.Cli.Tests.Server;

/// <summary>Servers of the program: groups, output, signals, addresses. Needs POSIX signals: Linux or macOS.</summary>
public sealed class ServerProgramTests : ServerProgramTest
{
    [Fact]
    public async Task Three_servers_found_a_group_and_a_fourth_is_added_and_removed()
    {
        var ports = FreePorts.Take(4);
        var list = ServerFolder.ListOf(ports[..3]);
        var three = await StartGroup(ports[..3]);
        using var client = new TestClient();
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[0], "i like beer"));
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[1], "count"));

        var fourth = Folder.Start(list, ports[3]);
        await fourth.Line($"waits to be added: raft members add :{ports[3]} -S :{ports[0]}");
        AssertChanged("add", ports[3], by: ports[0]);
        await fourth.Line("was added to the group");
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[3], "print"));
        await fourth.Line("Logs [i like beer count print]");
        AssertChanged("remove", ports[3], by: ports[3]);
        await fourth.Line($"was removed from the group");

        foreach (var server in three)
        {
            await server.Line($"Removed peer :{ports[3]}");
            Assert.Equal(
                ["Count 2", $"Added new peer :{ports[3]}", "Logs [i like beer count print]", $"Removed peer :{ports[3]}"], server.Output);
        }

        Assert.Equal(["Count 2", "Logs [i like beer count print]"], fourth.Output);
        fourth.Send(Signal.Terminate);
        await fourth.Exit();
        var again = Folder.Start(list, ports[3]);
        await again.Line("was removed from the group");
        Assert.Empty(again.Output);
        Assert.DoesNotContain(three.Append(fourth).Append(again).SelectMany(server => server.Raw), line => line.Contains("   at "));
        Assert.All(three[0].Raw, line => Assert.Matches(new Regex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \S"), line));
    }

    [Theory]
    [InlineData(nameof(Signal.Interrupt))]
    [InlineData(nameof(Signal.Terminate))]
    public async Task Signal_ends_a_server_cleanly(string signal)
    {
        var port = FreePorts.Next();
        var server = await StartProcessAlone(port);

        server.Send(Enum.Parse<Signal>(signal));

        Assert.Equal(0, await server.Exit());
        Assert.Equal("Stopped.", server.Errors.Last());
    }

    [Fact]
    public async Task Second_signal_ends_a_server_at_once()
    {
        var ports = FreePorts.Take(2);
        var servers = await StartGroup(ports, 0, 1);
        using var client = new TestClient();
        var leader = await client.LeaderOf(ports[0]) == ports[0] ? 0 : 1;

        // The other server is frozen: its connection is open and it does not take over, so the transfer takes long.
        servers[1 - leader].Send(Signal.Stop);
        servers[leader].Send(Signal.Interrupt);
        await servers[leader].Line("stopping; a second signal ends it at once");
        servers[leader].Send(Signal.Interrupt);

        Assert.Equal(130, await servers[leader].Exit());
        Assert.DoesNotContain("Stopped.", servers[leader].Errors);
    }

    [Fact]
    public async Task Stopping_leader_transfers_the_leadership()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        var leader = Array.IndexOf(ports, await client.LeaderOf(ports[0]));

        servers[leader].Send(Signal.Terminate);

        Assert.Equal(0, await servers[leader].Exit());
        var since = servers[leader].Errors.SkipWhile(line => !line.StartsWith("elected leader"));
        Assert.Contains(since, line => line.StartsWith("follower in term"));
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[(leader + 1) % 3], "goes on"));
    }

    [Fact]
    public async Task Message_of_the_largest_size_is_appended_and_printed()
    {
        var port = FreePorts.Next();
        await StartAlone(port);
        using var client = new TestClient();
        Assert.IsType<RequestOutcome.Committed>(await client.Append(port, new string('\u0001', 1 << 20)));
        Assert.IsType<RequestOutcome.Committed>(await client.Append(port, new string('ü', 1 << 19)));

        var printed = Run.Here("print", "--here", "--json", "--timeout", "1m", "-S", $":{port}");

        Assert.Equal((0, ""), (printed.Code, printed.Error));
        Assert.Equal(
            [new string('\u0001', 1 << 20), new string('ü', 1 << 19)],
            printed.Objects.Select(message => message.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Pair_of_a_known_request_id_is_answered_with_the_message_that_the_log_has()
    {
        var port = FreePorts.Next();
        await StartAlone(port);
        using var client = new TestClient();

        // Without a request key the group appends each pair, as it does when it has forgotten the key.
        var first = await client.RaftAt(port).AppendAsync("id/0123abcd", "text");
        var repeat = await client.RaftAt(port).AppendAsync("id/4567cdef", "another text");

        Assert.Equal(new AppendResult(1, "0123abcd", AppendResult.ChecksumOf("text")), AppendResult.Parse(first.OrThrow().ResultOr("")));
        Assert.Equal(new AppendResult(1, "", AppendResult.ChecksumOf("text")), AppendResult.Parse(repeat.OrThrow().ResultOr("")));
        Assert.Equal("1  text\n", Run.Here("print", "--here", "-S", $":{port}").Output);
    }

    [Fact]
    public async Task Any_pair_of_a_client_is_a_message()
    {
        var port = FreePorts.Next();
        var server = await StartAlone(port);
        using var client = new TestClient();

        // A key may have any text, and a value may be null.
        Assert.Equal(1, (await client.RaftAt(port).AppendAsync("", null!)).OrThrow().Serial.Value);
        Assert.Equal(2, (await client.RaftAt(port).AppendAsync("/zzzzzzzz", "count")).OrThrow().Serial.Value);

        await server.Line("Count 2");
    }

    [Fact]
    public async Task Files_of_a_server_are_private_to_its_user()
    {
        var port = FreePorts.Next();

        await StartAlone(port);

        var data = new DirectoryInfo(Folder.DataOf(port));
        Assert.All(
            data.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(data),
            entry => Assert.Equal(
                entry is DirectoryInfo
                    ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    : UnixFileMode.UserRead | UnixFileMode.UserWrite,
                entry.UnixFileMode));
    }

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.3", "127.0.0.3")]
    [InlineData("127.0.0.2", "0.0.0.0", "0.0.0.0")]
    [InlineData("127.0.0.2", null, "127.0.0.2")]
    public async Task Server_listens_at_the_address_of_bind_or_else_of_host(string host, string? bind, string listening)
    {
        var port = FreePorts.Next();
        string[] option = bind is null ? [] : ["--bind", bind];
        var server = Folder.Start($"{host}:{port}", port, ["--host", host, .. option]);

        await server.Line($"listens on {listening}:{port}");
        await server.Line("elected leader");

        Assert.Equal(
            [$"{listening}:{port}"],
            IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
                .Where(listener => listener.Port == port)
                .Select(listener => $"{listener}"));
    }
}
