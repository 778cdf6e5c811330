using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace RaftActors.Cli.Tests.Server;

/// <summary>Starts that are refused, with the reason and the remedy.</summary>
public sealed class ServerStartTests : ServerProgramTest
{
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Data_directory_that_other_users_can_write_to_is_refused_unless_allowed()
    {
        var port = FreePorts.Next();
        var data = Directory.CreateDirectory(Folder.DataOf(port));
        data.UnixFileMode |= UnixFileMode.OtherWrite;
        var refused = Folder.Start($":{port}", port);

        await refused.Line($"Cannot use {data.FullName} as a store: other users can write to {data.FullName}");
        Assert.Equal(ExitCode.Failed, await refused.Exit());
        Assert.Empty(data.GetFileSystemInfos());

        var allowed = Folder.Start($":{port}", port, "--allow-shared-directory");
        await allowed.Line("raft.store.allow-shared-directory is on");
        await allowed.Line("elected leader");
    }

    [Fact]
    public async Task Port_in_use_is_reported_with_the_remedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var server = Folder.Start($":{port}", port);

        Assert.Equal(1, await server.Exit());
        Assert.Equal(
            [$"Cannot listen on 127.0.0.1:{port}: the port is in use. Stop the process that uses it, or name another port with -p."],
            server.Errors);
        Assert.False(Directory.Exists(Folder.DataOf(port)));
    }

    [Fact]
    public async Task Directory_of_another_program_is_left_unchanged()
    {
        var port = FreePorts.Next();
        var data = Directory.CreateDirectory(Folder.DataOf(port)).FullName;
        var files = new Dictionary<string, byte[]>
        {
            ["log"] = Encoding.UTF8.GetBytes("{\"Term\":1,\"Command\":\"I like beer.\"}\n"),
            ["state"] = Encoding.UTF8.GetBytes("{\"CurrentTerm\":1,\"VotedFor\":\":9990\",\"CommitIndex\":6}"),
        };
        foreach (var (name, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(data, name), bytes);
        }

        var server = Folder.Start($":{port}", port);

        Assert.Equal(1, await server.Exit());
        Assert.Contains("'log' in it belongs to another program. Nothing was changed.", Assert.Single(server.Errors));
        Assert.Equal(["log", "state"], Directory.GetFileSystemEntries(data).Select(Path.GetFileName).Order());
        Assert.All(files, file => Assert.Equal(file.Value, File.ReadAllBytes(Path.Combine(data, file.Key))));
    }

    [Fact]
    public void Folder_of_another_program_is_refused_and_that_of_a_new_disk_is_not()
    {
        Directory.CreateDirectory(Path.Combine(Folder.Path, "lost+found"));
        DataFolder.Check(Folder.Path, isSharedAllowed: false);
        Directory.CreateDirectory(Path.Combine(Folder.Path, "photos"));

        var refused = Assert.Throws<IOException>(() => DataFolder.Check(Folder.Path, isSharedAllowed: false));

        Assert.Contains("'photos' in it belongs to another program. Nothing was changed.", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("below")]
    public async Task File_in_place_of_the_directory_is_reported(string below)
    {
        var port = FreePorts.Next();
        File.WriteAllText(Folder.DataOf(port), "text");

        using var server = ServerHere.Start(
            "server", "-c", $":{port}", "-p", $"{port}", "--data", Path.Combine(Folder.DataOf(port), below));

        Assert.Equal(1, await server.Exit());
        Assert.Contains(Folder.DataOf(port), server.Errors.Last());
        Assert.DoesNotContain(server.Raw, line => line.Contains("   at "));
        Assert.Equal("text", File.ReadAllText(Folder.DataOf(port)));
    }

    [Fact]
    public async Task Directory_that_another_server_uses_is_refused()
    {
        var ports = FreePorts.Take(2);
        await StartAlone(ports[0]);

        using var second = ServerProcess.Start("server", "-c", $":{ports[1]}", "-p", $"{ports[1]}", "--data", Folder.DataOf(ports[0]));

        Assert.Equal(1, await second.Exit());
        Assert.Contains("is in use by process", second.Errors.Last());
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

        var second = Folder.Start($":{port}", port);

        Assert.Equal(1, await second.Exit());
        Assert.StartsWith("cannot continue: ", second.Errors.Last());
        Assert.DoesNotContain(second.Raw, line => line.Contains("   at "));
    }

    [Fact]
    public async Task Changed_list_before_the_founding_is_refused_with_both_lists()
    {
        var ports = FreePorts.Take(3);
        var (one, other) = (Folder.Start(ServerFolder.ListOf(ports), ports[0]), Folder.Start(ServerFolder.ListOf(ports), ports[1]));
        await one.Line($":{ports[1]} is in reach");
        one.Send(Signal.Terminate);
        other.Send(Signal.Terminate);
        await one.Exit();
        await other.Exit();

        var second = Folder.Start(ServerFolder.ListOf(ports[..2]), ports[0]);

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
        var run = Run.Here("server", "-c", cluster, "-p", "9990", "--data", Folder.Path);
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Empty(Directory.GetFileSystemEntries(Folder.Path));
    }

    [Fact]
    public void Missing_list_is_a_usage_error_with_an_example()
    {
        var run = Run.Here("server", "-p", "9990");
        Assert.Equal(2, run.Code);
        Assert.Contains("-c ':9990,:9991,:9992'", run.Error);
    }
}
