namespace RaftActors.Cli.Tests.Server;

/// <summary>Servers that start again: after a kill, a repair, a recovery, or without their files.</summary>
public sealed class ServerRestartTests : ServerProgramTest
{
    [Fact]
    public async Task Server_restarted_after_a_kill_repeats_no_line()
    {
        var port = FreePorts.Next();
        var first = await StartProcessAlone(port);
        using var client = new TestClient();
        await client.Append(port, "i like beer", "id");
        await client.Append(port, "print");
        await first.Line("Logs [i like beer print]");
        first.Send(Signal.Kill);
        await first.Exit();

        var second = Folder.Start($":{port}", port);
        await second.Line("elected leader");
        Assert.Equal(1, Assert.IsType<RequestOutcome.Committed>(await client.Append(port, "i like beer", "id")).Serial);
        await client.Append(port, "count");
        await second.Line("Count 3");
        second.Send(Signal.Terminate);

        Assert.Equal(0, await second.Exit());
        Assert.Equal(["Count 3"], second.Output);
    }

    [Fact]
    public async Task Append_waits_for_a_server_that_goes_down_after_it_was_reached()
    {
        var port = FreePorts.Next();
        var first = await StartAlone(port);
        using var client = new TestClient();
        Assert.IsType<RequestOutcome.Committed>(await client.Append(port, "i like beer"));
        first.Send(Signal.Terminate);
        await first.Exit();

        var open = client.Append(port, "and wine");
        await StartAlone(port);

        Assert.IsType<RequestOutcome.Committed>(await open);
    }

    [Fact]
    public async Task Restarted_follower_reports_the_current_term()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        if (await client.LeaderOf(ports[0]) == ports[0])
        {
            var transfer = Run.Here("transfer", "--to", $":{ports[1]}", "-S", $":{ports[0]}");
            Assert.True(transfer.Code == 0, transfer.Error);
        }

        servers[0].Send(Signal.Terminate);
        await servers[0].Exit();

        var again = Folder.Start(ServerFolder.ListOf(ports), ports[0]);
        await again.Line("leads in term");

        Assert.NotEqual(0, (await client.Status(ports[0])).Term);
    }

    [Fact]
    public async Task Recovered_server_repeats_no_line()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[0], "count"));
        await servers[0].Line("Count 1");
        await EndAll(servers);

        Recover(ports[0]);
        var survivor = Folder.Start(ServerFolder.ListOf(ports), ports[0]);
        await survivor.Line($"the members are :{ports[0]}, as in the group's log; -c is ignored");
        await survivor.Line("elected leader");
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[0], "count"));
        await survivor.Line("Count 2");

        Assert.Equal(["Count 2"], survivor.Output);
    }

    [Fact]
    public async Task Server_rejoins_after_the_repair_of_its_store()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[0], "i like beer"));
        servers[0].Send(Signal.Terminate);
        await servers[0].Exit();
        Damage(ports[0], "i like beer"u8);
        var refused = Folder.Start(ServerFolder.ListOf(ports), ports[0]);
        await refused.Line("Run 'raft log repair' on this directory");
        Assert.Equal(1, await refused.Exit());

        var repair = Run.Here("log", "repair", "--data", Folder.DataOf(ports[0]), "--yes");
        var again = Folder.Start(ServerFolder.ListOf(ports), ports[0]);

        Assert.Equal((0, ""), (repair.Code, repair.Error));
        await again.Line("leads in term");
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[1], "print"));
        await servers[1].Line("Logs [i like beer print]");
        await again.Line("Logs [i like beer print]");
        Assert.DoesNotContain(again.Errors, line => line.Contains("the group is founded"));
    }

    [Fact]
    public async Task Server_with_an_empty_directory_rejoins_and_reports_no_founding()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[0], "i like beer"));
        servers[0].Send(Signal.Terminate);
        await servers[0].Exit();
        Directory.Delete(Folder.DataOf(ports[0]), recursive: true);

        var again = Folder.Start(ServerFolder.ListOf(ports), ports[0]);

        await again.Line("rejoined with an empty store: the members are");
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[1], "print"));
        await again.Line("Logs [i like beer print]");
        Assert.DoesNotContain(again.Errors, line => line.Contains("the group is founded"));
    }

    [Fact]
    public async Task Members_after_a_recovery_are_the_survivors()
    {
        var ports = FreePorts.Take(4);
        var servers = await StartGroup(ports[..3]);
        var fourth = Folder.Start(ServerFolder.ListOf(ports[..3]), ports[3]);
        await fourth.Line("waits to be added");
        using var client = new TestClient();
        AssertChanged("add", ports[3], by: ports[0]);
        AssertChanged("remove", ports[3], by: ports[0]);
        await EndAll(servers);

        Recover(ports[0]);
        var survivor = Folder.Start(ServerFolder.ListOf(ports[..3]), ports[0]);
        await survivor.Line("elected leader");
        Assert.IsType<RequestOutcome.Committed>(await client.Append(ports[0], "goes on"));

        var members = (await client.Status(ports[0])).Members;
        Assert.Equal((ports[0], true), Assert.Single(members.Select(one => (ServerId.Of(one.Name).Port, one.IsVoter))));
        Assert.Contains("is not in the roster", Run.Here("members", "remove", $":{ports[1]}", "-S", $":{ports[0]}").Error);
        var status = Run.Here("status", "-S", $":{ports[0]}", "--timeout", "1m");
        Assert.True(status.Code == 0, status.Output);
    }

    private static Task EndAll(RunningServer[] servers)
    {
        Array.ForEach(servers, server => server.Send(Signal.Terminate));
        return Task.WhenAll(servers.Select(server => server.Exit()));
    }
}
