using RaftActors.Hosting.Backups;

namespace RaftActors.Cli.Backups;

/// <summary><c>raft backup list</c>.</summary>
internal static class ListBackupsCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var folder = new Argument<string>("folder")
        {
            Description = "The folder of services.AddRaftBackups.",
            Validators = { SharedOptions.DemandPath },
        };
        var verify = new Option<bool>("--verify") { Description = "Read all files and check all checksums, as 'raft verify' does." };
        return new LocalVerb(environment, "list")
        {
            What = """
                Lists the chains of backups in the folder of services.AddRaftBackups. A chain is a whole backup and those that continue it;
                'raft restore' takes their files in the order of their names. CHAIN is the number in the names, and SERIALS has those of the
                first and of the last file. STATE is complete, or incomplete if a file of the chain is missing; with --verify it is
                verified, damaged or incomplete.

                Other files of the folder are left out. A backup to a file named 'list' is 'raft backup ./list'.
                """,
            Ends = new("shown", "there is no chain, one is incomplete or damaged, or the folder cannot be read"),
            Examples = ["backup list /mnt/backups", "backup list /mnt/backups --verify --json"],
            Own = [folder, verify],
            Run = (parsed, output) => Run(output, parsed.GetValue(folder)!, parsed.GetValue(verify)),
        }.Build();
    }

    private static int Run(LocalRun output, string folder, bool verifies)
    {
        var path = Path.GetFullPath(folder);
        HashSet<PlannedBackup> verified = [];
        var chains = BackupChain.In(path)
            .Select(chain => (Chain: chain, Problem: verifies
                ? chain.FindProblemAsync(verified, output.Interrupted).GetAwaiter().GetResult()
                : null))
            .ToList();
        if (chains.Count == 0)
        {
            return output.Refuse($"{path} has no backups of services.AddRaftBackups: name its folder");
        }

        output.WriteRows(
            "backup-chain",
            chains,
            [
                new("GROUP", "group", each => each.Chain.Group),
                new("CHAIN", "chain", each => each.Chain.Number),
                new("BEGUN", "begun", each => each.Chain.Begun.UtcDateTime, each => $"{each.Chain.Begun:u}"),
                new("LATEST", "latest", each => each.Chain.Latest.At.UtcDateTime, each => $"{each.Chain.Latest.At:u}"),
                new("FILES", "files", each => each.Chain.Files.Count),
                new("SERIALS", "", each => $"{each.Chain.Files[0].Serial}..{each.Chain.Latest.Serial}"),
                new("", "firstSerial", each => each.Chain.Files[0].Serial.Value),
                new("", "lastSerial", each => each.Chain.Latest.Serial.Value),
                new("SIZE", "size", each => SizeOf(each.Chain), each => ByteSize.Text(SizeOf(each.Chain))),
                new("STATE", "state", each => StateOf(each.Chain, each.Problem, verifies)),
                new("", "problem", each => each.Problem),
            ]);
        foreach (var (_, problem) in chains)
        {
            output.Environment.Output.Write(problem is null || output.IsJson ? "" : $"{Printable.Of(problem)}{Environment.NewLine}");
        }

        return chains.TrueForAll(each => each is { Problem: null, Chain.IsComplete: true }) ? ExitCode.Done : ExitCode.Failed;
    }

    private static long SizeOf(BackupChain chain) => chain.Files.Sum(file => file.SizeBytes);

    private static string StateOf(BackupChain chain, string? problem, bool verifies) =>
        !chain.IsComplete ? "incomplete" : problem is not null ? "damaged" : verifies ? "verified" : "complete";
}
