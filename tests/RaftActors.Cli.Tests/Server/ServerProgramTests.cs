using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.RegularExpressions;

using RaftActors.Cli.Protocol;

using TrialKit;

namespace RaftActors.Cli.Tests.Server;

/// <summary>Servers as processes: start, output, signals, end. Needs POSIX signals: Linux or macOS.</summary>
public sealed class ServerProgramTests : IDisposable
{
    private readonly ServerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Three_servers_found_a_group_and_a_fourth_is_added_and_removed()
    {
        var ports = FreePorts.Take(4);
        var list = ServerFolder.ListOf(ports[..3]);
        var three = await StartGroup(ports[..3]);
        using var client = new TestClient();
        Assert.IsType<Reply.Committed>(await client.Append(ports[0], "i like beer"));
        Assert.IsType<Reply.Committed>(await client.Append(ports[1], "count"));

        var fourth = _folder.Start(list, ports[3]);
        await fourth.Line($"waits to be added: raft members add :{ports[3]} -S :{ports[0]}");
        AssertDone(await client.Add(ports[0], ports[3]));
        await fourth.Line("was added to the group");
        Assert.IsType<Reply.Committed>(await client.Append(ports[3], "print"));
        await fourth.Line("Logs [i like beer count print]");
        AssertDone(await client.Remove(ports[3], ports[3]));
        await fourth.Line($"was removed from the group");

        foreach (var server in three)
        {
            await server.Line($"Removed peer :{ports[3]}");
            Assert.Equal(
                ["Count 2", $"Added new peer :{ports[3]}", "Logs [i like beer count print]", $"Removed peer :{ports[3]}"], server.Output);
        }

        Assert.Equal(["Count 2", "Logs [i like beer count print]"], fourth.Output);
        Assert.DoesNotContain(three.Append(fourth).SelectMany(server => server.Raw), line => line.Contains("   at "));
        Assert.All(three[0].Raw, line => Assert.Matches(new Regex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \S"), line));
    }

    [Theory]
    [InlineData(nameof(Signal.Interrupt))]
    [InlineData(nameof(Signal.Terminate))]
    public async Task Signal_ends_a_server_cleanly(string signal)
    {
        var port = FreePorts.Next();
        var server = await StartAlone(port);

        server.Send(Enum.Parse<Signal>(signal));

        Assert.Equal(0, await server.Exit());
        Assert.Equal("Stopped.", server.Errors.Last());
    }

    [Fact]
    public async Task Second_signal_ends_a_server_at_once()
    {
        var ports = FreePorts.Take(2);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        var leader = (await client.Status(ports[0])).Leader!.Value.Port == ports[0] ? 0 : 1;

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
        var leader = Array.IndexOf(ports, (await client.Status(ports[0])).Leader!.Value.Port);

        servers[leader].Send(Signal.Terminate);

        Assert.Equal(0, await servers[leader].Exit());
        Assert.Contains(servers[leader].Errors, line => line.StartsWith("stepped down"));
        Assert.IsType<Reply.Committed>(await client.Append(ports[(leader + 1) % 3], "goes on"));
    }

    [Fact]
    public async Task Server_restarted_after_a_kill_repeats_no_line()
    {
        var port = FreePorts.Next();
        var first = await StartAlone(port);
        using var client = new TestClient();
        await client.Append(port, "i like beer", "id");
        await client.Append(port, "print");
        await first.Line("Logs [i like beer print]");
        first.Send(Signal.Kill);
        await first.Exit();

        var second = _folder.Start($":{port}", port);
        await second.Line("elected leader");
        Assert.Equal(1, Assert.IsType<Reply.Committed>(await client.Append(port, "i like beer", "id")).Serial);
        await client.Append(port, "count");
        await second.Line("Count 3");
        second.Send(Signal.Terminate);

        Assert.Equal(0, await second.Exit());
        Assert.Equal(["Count 3"], second.Output);
    }

    [Fact]
    public async Task Restarted_follower_reports_the_current_term()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        var follower = (await client.Status(ports[0])).Leader!.Value.Port == ports[0] ? 1 : 0;
        servers[follower].Send(Signal.Kill);
        await servers[follower].Exit();

        var again = _folder.Start(ServerFolder.ListOf(ports), ports[follower]);
        await again.Line("leads in term");

        Assert.NotEqual(0, (await client.Status(ports[follower])).Term);
    }

    [Fact]
    public async Task Announcement_file_of_a_deleted_log_suppresses_no_line_of_a_new_group()
    {
        var port = FreePorts.Next();
        var first = await StartAlone(port);
        using var client = new TestClient();
        await client.Append(port, "i like beer");
        await client.Append(port, "count");
        await first.Line("Count 2");
        first.Send(Signal.Terminate);
        await first.Exit();
        Directory.Delete(Path.Combine(_folder.DataOf(port), "log"), recursive: true);
        Directory.Delete(Path.Combine(_folder.DataOf(port), "snapshots"), recursive: true);

        var second = await StartAlone(port);
        await client.Append(port, "count");

        await second.Line("Count 1");
        await second.Line("describes another group");
    }

    [Fact]
    public async Task Recovered_server_repeats_no_line()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        Assert.IsType<Reply.Committed>(await client.Append(ports[0], "count"));
        await servers[0].Line("Count 1");
        foreach (var server in servers)
        {
            server.Send(Signal.Kill);
            await server.Exit();
        }

        Recover(ports[0]);
        var survivor = _folder.Start(ServerFolder.ListOf(ports), ports[0]);
        await survivor.Line("elected leader");
        Assert.IsType<Reply.Committed>(await client.Append(ports[0], "count"));
        await survivor.Line("Count 2");

        Assert.Equal([$"Removed peer :{ports[1]}", $"Removed peer :{ports[2]}", "Count 2"], survivor.Output);
    }

    [Fact]
    public async Task Message_of_the_largest_size_is_appended_and_printed()
    {
        var port = FreePorts.Next();
        await StartAlone(port);
        using var client = new TestClient();
        Assert.IsType<Reply.Committed>(await client.Append(port, new string('\u0001', 1 << 20)));
        Assert.IsType<Reply.Committed>(await client.Append(port, new string('ü', 1 << 19)));

        var printed = Run.Of("print", "--here", "--json", "--timeout", "1m", "-S", $":{port}");

        Assert.Equal((0, ""), (printed.Code, printed.Error));
        Assert.Equal(
            [new string('\u0001', 1 << 20), new string('ü', 1 << 19)],
            printed.Objects.Select(message => message.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Files_of_a_server_are_private_to_its_user()
    {
        var port = FreePorts.Next();

        await StartAlone(port);

        var data = new DirectoryInfo(_folder.DataOf(port));
        Assert.All(
            data.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(data),
            entry => Assert.Equal(
                entry is DirectoryInfo
                    ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    : UnixFileMode.UserRead | UnixFileMode.UserWrite,
                entry.UnixFileMode));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Data_directory_that_other_users_can_write_to_is_refused_unless_allowed()
    {
        var port = FreePorts.Next();
        var data = Directory.CreateDirectory(_folder.DataOf(port));
        data.UnixFileMode |= UnixFileMode.OtherWrite;
        var refused = _folder.Start($":{port}", port);

        await refused.Line($"Cannot use {data.FullName} as a store: other users can write to {data.FullName}");
        Assert.Equal(ExitCode.Failed, await refused.Exit());
        Assert.Empty(data.GetFileSystemInfos());

        var allowed = _folder.Start($":{port}", port, "--allow-shared-directory");
        await allowed.Line("raft.store.allow-shared-directory is on");
    }

    [Fact]
    public async Task Server_rejoins_after_the_repair_of_its_store()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        using var client = new TestClient();
        Assert.IsType<Reply.Committed>(await client.Append(ports[0], "i like beer"));
        servers[0].Send(Signal.Terminate);
        await servers[0].Exit();
        Damage(ports[0], "i like beer"u8);
        var refused = _folder.Start(ServerFolder.ListOf(ports), ports[0]);
        await refused.Line("Run 'raft log repair' on this directory");
        Assert.Equal(1, await refused.Exit());

        var repair = Run.Of("log", "repair", "--data", _folder.DataOf(ports[0]), "--yes");
        var again = _folder.Start(ServerFolder.ListOf(ports), ports[0]);

        Assert.Equal((0, ""), (repair.Code, repair.Error));
        await again.Line("leads in term");
        Assert.IsType<Reply.Committed>(await client.Append(ports[1], "print"));
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
        Assert.IsType<Reply.Committed>(await client.Append(ports[0], "i like beer"));
        servers[0].Send(Signal.Kill);
        await servers[0].Exit();
        Directory.Delete(_folder.DataOf(ports[0]), recursive: true);

        var again = _folder.Start(ServerFolder.ListOf(ports), ports[0]);

        await again.Line("rejoined with an empty store: the members are");
        Assert.IsType<Reply.Committed>(await client.Append(ports[1], "print"));
        await again.Line("Logs [i like beer print]");
        Assert.DoesNotContain(again.Errors, line => line.Contains("the group is founded"));
    }

    [Fact]
    public async Task Members_after_a_recovery_are_the_survivors()
    {
        var ports = FreePorts.Take(4);
        var servers = await StartGroup(ports[..3]);
        var fourth = _folder.Start(ServerFolder.ListOf(ports[..3]), ports[3]);
        await fourth.Line("waits to be added");
        using var client = new TestClient();
        AssertDone(await client.Add(ports[0], ports[3]));
        AssertDone(await client.Remove(ports[0], ports[3]));
        foreach (var server in servers)
        {
            server.Send(Signal.Kill);
            await server.Exit();
        }

        Recover(ports[0]);
        var survivor = _folder.Start(ServerFolder.ListOf(ports[..3]), ports[0]);
        await survivor.Line("elected leader");
        Assert.IsType<Reply.Committed>(await client.Append(ports[0], "goes on"));

        var members = (await client.Status(ports[0])).Members;
        Assert.Equal((ports[0], true), Assert.Single(members.Select(one => (one.Server.Port, one.IsVoter))));
        Assert.Contains("is not a member of the group", Assert.IsType<Reply.Refused>(await client.Remove(ports[0], ports[1])).Detail);
        Assert.Equal(0, Run.Of("status", "-S", $":{ports[0]}").Code);
    }

    [Fact]
    public async Task Port_in_use_is_reported_with_the_remedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var server = _folder.Start($":{port}", port);

        Assert.Equal(1, await server.Exit());
        Assert.Equal(
            [$"Cannot listen on 127.0.0.1:{port}: the port is in use. Stop the process that uses it, or name another port with -p."],
            server.Errors);
        Assert.False(Directory.Exists(_folder.DataOf(port)));
    }

    [Fact]
    public async Task Directory_of_another_program_is_left_unchanged()
    {
        var port = FreePorts.Next();
        var data = Directory.CreateDirectory(_folder.DataOf(port)).FullName;
        var files = new Dictionary<string, byte[]>
        {
            ["log"] = Encoding.UTF8.GetBytes("{\"Term\":1,\"Command\":\"I like beer.\"}\n"),
            ["state"] = Encoding.UTF8.GetBytes("{\"CurrentTerm\":1,\"VotedFor\":\":9990\",\"CommitIndex\":6}"),
        };
        foreach (var (name, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(data, name), bytes);
        }

        var server = _folder.Start($":{port}", port);

        Assert.Equal(1, await server.Exit());
        Assert.Contains("'log' in it belongs to another program. Nothing was changed.", Assert.Single(server.Errors));
        Assert.Equal(["log", "state"], Directory.GetFileSystemEntries(data).Select(Path.GetFileName).Order());
        Assert.All(files, file => Assert.Equal(file.Value, File.ReadAllBytes(Path.Combine(data, file.Key))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("below")]
    public async Task File_in_place_of_the_directory_is_reported(string below)
    {
        var port = FreePorts.Next();
        File.WriteAllText(_folder.DataOf(port), "text");

        var server = ServerProcess.Start(
            "server", "-c", $":{port}", "-p", $"{port}", "--data", Path.Combine(_folder.DataOf(port), below));

        Assert.Equal(1, await server.Exit());
        Assert.Contains(_folder.DataOf(port), server.Errors.Last());
        Assert.DoesNotContain(server.Raw, line => line.Contains("   at "));
        Assert.Equal("text", File.ReadAllText(_folder.DataOf(port)));
    }

    [Fact]
    public async Task Directory_that_another_server_uses_is_refused()
    {
        var ports = FreePorts.Take(2);
        await StartAlone(ports[0]);

        var second = ServerProcess.Start("server", "-c", $":{ports[1]}", "-p", $"{ports[1]}", "--data", _folder.DataOf(ports[0]));

        Assert.Equal(1, await second.Exit());
        Assert.Contains("is in use by process", second.Errors.Last());
        Assert.DoesNotContain(second.Raw, line => line.Contains("   at "));
    }

    [Fact]
    public async Task Damaged_announcement_file_is_reported_and_does_not_disturb_the_log_tools()
    {
        var port = FreePorts.Next();
        var first = await StartAlone(port);
        using var client = new TestClient();
        await client.Append(port, "count");
        first.Send(Signal.Terminate);
        await first.Exit();
        Assert.Equal(0, Run.Of("log", "verify", "--data", _folder.DataOf(port)).Code);
        Assert.Equal(0, Run.Of("log", "repair", "--data", _folder.DataOf(port)).Code);
        File.WriteAllText(Path.Combine(_folder.DataOf(port), "server", "announced"), "nonsense");

        var second = _folder.Start($":{port}", port);

        Assert.Equal(1, await second.Exit());
        Assert.Contains("announced is damaged", second.Errors.Last());
        Assert.DoesNotContain(second.Raw, line => line.Contains("   at "));
    }

    [Fact]
    public async Task Damaged_log_is_reported()
    {
        var port = FreePorts.Next();
        var first = await StartAlone(port);
        using var client = new TestClient();
        await client.Append(port, "i like beer");
        first.Send(Signal.Terminate);
        await first.Exit();
        Damage(port, "i like beer"u8);

        var second = _folder.Start($":{port}", port);

        Assert.Equal(1, await second.Exit());
        Assert.StartsWith("cannot continue: ", second.Errors.Last());
        Assert.DoesNotContain(second.Raw, line => line.Contains("   at "));
    }

    [Fact]
    public async Task Changed_list_before_the_founding_is_refused_with_both_lists()
    {
        var ports = FreePorts.Take(3);
        var (one, other) = (_folder.Start(ServerFolder.ListOf(ports), ports[0]), _folder.Start(ServerFolder.ListOf(ports), ports[1]));
        await one.Line($":{ports[1]} is reachable");
        one.Send(Signal.Terminate);
        other.Send(Signal.Terminate);
        await one.Exit();
        await other.Exit();

        var second = _folder.Start(ServerFolder.ListOf(ports[..2]), ports[0]);

        Assert.Equal(1, await second.Exit());
        var error = second.Errors.Last();
        Assert.StartsWith($"cannot continue: Cannot start :{ports[0]} of group raft. The store holds the founding roster ", error);
        Assert.Contains($"(:{ports[0]} :{ports[1]} :{ports[2]})", error);
        Assert.Contains($"(:{ports[0]} :{ports[1]})", error);
        Assert.DoesNotContain(second.Raw, line => line.Contains("   at "));
    }

    [Theory]
    [InlineData(":99999")]
    [InlineData("a b")]
    [InlineData(":9990,")]
    [InlineData(":9990,:9990")]
    public void Malformed_list_is_a_usage_error(string cluster)
    {
        var run = Run.Of("server", "-c", cluster, "-p", "9990", "--data", _folder.Path);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Missing_list_is_a_usage_error_with_an_example()
    {
        var run = Run.Of("server", "-p", "9990");
        Assert.Equal(2, run.Code);
        Assert.Contains("-c ':9990,:9991,:9992'", run.Error);
    }

    private void Damage(int port, ReadOnlySpan<byte> text)
    {
        var file = Path.Combine(_folder.DataOf(port), "log", "0000000001.wal");
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().IndexOf(text)] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    // Recovers the server as the only survivor of its group.
    private void Recover(int port)
    {
        var recovery = Run.Of(
            "recover", "--data", _folder.DataOf(port), "--group", "raft", "--process", $"raft@:{port}", "--members", $"raft@:{port}",
            "--yes");
        Assert.Equal((0, ""), (recovery.Code, recovery.Error));
    }

    private async Task<ServerProcess> StartAlone(int port)
    {
        var server = _folder.Start($":{port}", port);
        await server.Line("elected leader");
        return server;
    }

    // On failure it shows the reason of the refusal.
    private static void AssertDone(Reply reply) => Assert.True(reply is Reply.Done, reply.ToString());

    private async Task<ServerProcess[]> StartGroup(int[] ports)
    {
        var list = ServerFolder.ListOf(ports);
        var servers = ports.Select(port => _folder.Start(list, port)).ToArray();
        await Task.WhenAll(servers.Select(server => server.Line("the group is founded")));
        return servers;
    }
}
