using System.CommandLine;

using RaftActors.Cli.Tests.Replay;
using RaftActors.Hosting.Backups;
using RaftActors.Storage.Backups;

namespace RaftActors.Cli.Tests;

/// <summary>The verbs that ask no group, ended by Ctrl-C or SIGTERM.</summary>
public sealed class InterruptTests : IDisposable
{
    // A server is stopped by its own tests, and the text of a completion has no time to be interrupted.
    private static readonly string[] All =
    [
        "verify BACKUP",
        "backup list BACKUPS --verify",
        "restore BACKUP --data new --process raft@:1 --members raft@:1",
        "replay BACKUP --old DLL --new DLL",
        "log verify --data .",
        "log dump --data .",
        "log repair --data . --yes",
        "log forget GROUP --data . --yes",
        "recover --data . --all --nodes a --yes",
        "certs --dir new node1",
    ];

    private readonly StoreFolder _folder = new();
    private readonly TemporaryFolder _others = new();

    public void Dispose()
    {
        _folder.Dispose();
        _others.Dispose();
    }

    public static TheoryData<string> Verbs => [.. All];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Verb_that_is_interrupted_leaves_no_file_and_no_folder(string verb)
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        var backup = PlannedBackup.PathOf(_others.Path, StoreFolder.OwnerOf(1).Group, 1, 0, DateTimeOffset.UnixEpoch, new Serial(1));
        using (BackupWriter writer = new(backup, StoreFolder.OwnerOf(1), continues: null))
        {
            writer.Add(null, StoreFolder.Entries(null, 1, 1, 1));
            writer.Complete(StoreFolder.Group, DateTimeOffset.UnixEpoch);
        }

        var build = Dll.Compile(_others["build"], Dll.Orders());
        var before = Files();
        var words = verb.Split(' ').Select(word => word switch
        {
            "BACKUP" => backup,
            "DLL" => build,
            "BACKUPS" => _others.Path,
            "GROUP" => StoreFolder.OwnerOf(1).Group,
            "." => _folder.Path,
            "new" => _others["new"],
            _ => word,
        });

        var run = Run.Here("", [.. words], stop: new CancellationToken(canceled: true));

        Assert.Equal((130, ""), (run.Code, run.Error));
        Assert.Equal(before, Files());

        List<string> Files() =>
        [
            .. new[] { _folder.Path, _others.Path }
                .SelectMany(folder => Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories)).Order(),
        ];
    }

    [Fact]
    public void Every_verb_that_asks_no_group_is_among_them()
    {
        var root = CommandLine.Build(new(() => Stream.Null, TextWriter.Null, TextWriter.Null), first: null);
        var local = Leaves(root).Where(leaf => !leaf.Command.Options.Any(option => option.Name == "--timeout")).Select(leaf => leaf.Words);

        Assert.Equal(
            local.Except(["server", "completion"]).Order(),
            All.Select(verb => string.Join(' ', verb.Split(' ').TakeWhile(word => char.IsLower(word[0])))).Order());

        static IEnumerable<(string Words, Command Command)> Leaves(Command command) => command.Subcommands.SelectMany(each =>
            Leaves(each).Select(leaf => ($"{each.Name} {leaf.Words}", leaf.Command))
                .Concat(each.Subcommands.Count == 0 ? [(each.Name, each)] : []));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [Trait("Needs", "Linux")]
    public void Signal_at_a_confirmation_ends_the_verb(string signal)
    {
        _folder.WritePairs(StoreFolder.OwnerOf(1), 3);
        _folder.Damage("value2");

        var run = Run.Interrupted("", "to continue: ", ["log", "repair", "--data", _folder.Path], signal);

        Assert.Equal((130, ""), (run.Code, run.Error));
        Assert.Empty(Directory.GetDirectories(_folder.Path, "damaged*"));
    }
}
