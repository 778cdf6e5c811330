using RaftActors.Hosting.Backups;

namespace RaftActors.Cli.Tests.Backups;

/// <summary><c>raft backup list</c> with backups of a running server under the names of a plan.</summary>
public sealed class ListBackupsTests : ServerProgramTest
{
    private static readonly DateTimeOffset Begun = new(2026, 12, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Chains_are_listed_with_their_serials_times_and_sizes()
    {
        var backups = await MakeAsync(files: 2);
        File.WriteAllText(Path.Combine(backups, "monday.backup"), "another file");
        var size = Directory.GetFiles(backups, "raft-*").Sum(file => new FileInfo(file).Length);

        var run = Run.Here("backup", "list", backups);
        var verified = Run.Here("backup", "list", backups, "--verify", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(
            ["GROUP", "CHAIN", "BEGUN", "LATEST", "FILES", "SERIALS", "SIZE", "STATE"], CellsOf(run.Lines.First()));
        Assert.Equal(
            ["raft", "1", "2026-12-01 08:00:00Z", "2026-12-01 09:00:00Z", "2", "1..2", ByteSize.Text(size), "complete"],
            CellsOf(run.Lines.Last()));
        var chain = Assert.Single(verified.Objects);
        Assert.Equal((0, "verified", 1, 2, size), (
            verified.Code,
            chain.GetProperty("state").GetString(),
            chain.GetProperty("firstSerial").GetInt32(),
            chain.GetProperty("lastSerial").GetInt32(),
            chain.GetProperty("size").GetInt64()));
    }

    [Fact]
    public async Task Damage_and_a_wrong_name_are_found_by_reading_alone()
    {
        var backups = await MakeAsync(files: 2);
        var (first, second) = Directory.GetFiles(backups).Order().ToArray() is [var a, var b] ? (a, b) : default;
        var renamed = second.Replace("-2.backup", "-7.backup");
        File.Move(second, renamed);
        Assert.Equal(0, Run.Here("backup", "list", backups).Code);

        var wrong = Run.Here("backup", "list", backups, "--verify");
        File.WriteAllText(first, "no backup");
        var damaged = Run.Here("backup", "list", backups, "--verify");

        Assert.Equal((1, 1), (wrong.Code, damaged.Code));
        Assert.Contains($"{renamed} has another content than its name says", wrong.Output);
        Assert.Contains($"{first} is no backup", damaged.Output);
        Assert.Contains(damaged.Lines, line => line.EndsWith("damaged"));
    }

    [Fact]
    public async Task Chain_that_lacks_a_file_is_incomplete_and_a_folder_without_chains_is_refused()
    {
        var backups = await MakeAsync(files: 2);
        File.Delete(Directory.GetFiles(backups).Order().First());

        var run = Run.Here("backup", "list", backups);
        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.EndsWith("incomplete", run.Lines.Last());
        Directory.Delete(backups, recursive: true);
        Assert.Equal(1, Run.Here("backup", "list", backups).Code);
        Directory.CreateDirectory(backups);
        var empty = Run.Here("backup", "list", backups);
        Assert.Equal(1, empty.Code);
        Assert.Contains("has no backups of services.AddRaftBackups", empty.Error);
    }

    private static string[] CellsOf(string line) => Regex.Split(line, " {2,}");

    private async Task<string> MakeAsync(int files)
    {
        await StartAlone(_port);
        var backups = Directory.CreateDirectory(Path.Combine(Folder.Path, "backups")).FullName;
        string? before = null;
        for (var number = 0; number < files; number++)
        {
            Assert.Equal(0, Run.Here("append", "text", "-S", $":{_port}").Code);
            var path = PlannedBackup.PathOf(backups, "raft", 1, number, Begun.AddHours(number), new Serial(number + 1));
            string[] command = ["backup", path, "-S", $":{_port}"];
            Assert.Equal(0, Run.Here(before is null ? command : [.. command, "--continues", before]).Code);
            before = path;
        }

        return backups;
    }
}
