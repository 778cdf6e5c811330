namespace RaftActors.Cli.Tests.Backups;

/// <summary><c>raft backup</c>, <c>raft verify</c> and <c>raft restore</c> with running servers.</summary>
public sealed class BackupTests : ServerProgramTest
{
    [Fact]
    public async Task Three_new_servers_have_the_messages_and_request_ids_of_one_that_was_backed_up()
    {
        var ports = FreePorts.Take(4);
        var (old, list) = (ports[0], ServerFolder.ListOf(ports[1..]));
        await StartAlone(old);
        Succeed("append", "one", "-S", $":{old}");
        Succeed("append", "two", "--request-id", "invoice", "-S", $":{old}");
        var (monday, tuesday) = (Path.Combine(Folder.Path, "monday.backup"), Path.Combine(Folder.Path, "tuesday.backup"));
        Assert.StartsWith($"{monday}: group raft, serial 2, ", Succeed("backup", monday, "-S", $":{old}").Lines.Single());
        Succeed("append", "three", "-S", $":{old}");
        Assert.Contains("serials 3 to 3, continues", Succeed("backup", tuesday, "--continues", monday, "-S", $":{old}").Output);
        Succeed("append", "later", "-S", $":{old}");

        var verified = Succeed("verify", monday, tuesday, "--json").Objects.ToList();
        Assert.Equal([2, 3], verified.Select(backup => backup.GetProperty("serial").GetInt64()));
        var members = string.Join(',', ports[1..].Select(port => $"raft@:{port}"));
        string? id = null;
        foreach (var port in ports[1..])
        {
            string[] command =
                ["restore", monday, tuesday, "--data", Folder.DataOf(port), "--process", $"raft@:{port}", "--members", members, "--json"];
            id = Succeed(id is null ? command : [.. command, "--id", id]).Objects.Single().GetProperty("id").GetString();
        }

        var servers = ports[1..].Select(port => Folder.Start(list, port)).ToList();
        var elected = servers.Select(server => server.Line("elected leader")).ToList();
        var leads = await Task.WhenAny(elected);
        Assert.NotNull(await leads);
        Assert.Contains("committed before, serial 2", Succeed("append", "two", "--request-id", "invoice", "-S", list).Output);
        Assert.Contains("committed, serial 4", Succeed("append", "four", "-S", list).Output);

        // Another server may not have heard yet that the fourth message is committed.
        var leader = ports[1 + elected.IndexOf(leads)];
        Assert.Equal(["1  one", "2  two", "3  three", "4  four"], Succeed("print", "--here", "-S", $":{leader}").Lines);
    }

    [Fact]
    public void Wrong_files_are_refused_with_the_reason()
    {
        var file = Path.Combine(Folder.Path, "no.backup");
        File.WriteAllText(file, "This is a letter.");

        AssertFails("is no backup", "verify", file);
        AssertFails("Cannot read the backup", "verify", file + "2");
        AssertFails(
            "is no backup", "restore", file, "--data", Folder.DataOf(1), "--process", "raft@:1", "--members", "raft@:1");
        Assert.False(Directory.Exists(Folder.DataOf(1)));
    }

    private static Run Succeed(params string[] arguments)
    {
        var run = Run.Here(arguments);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return run;
    }

    private static void AssertFails(string why, params string[] arguments)
    {
        var run = Run.Here(arguments);
        Assert.Equal(1, run.Code);
        Assert.Contains(why, run.Error);
    }
}
