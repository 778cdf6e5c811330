using RaftActors.Cli.Client;

namespace RaftActors.Cli.Backups;

internal static class BackupCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var file = new Argument<string>("file")
        {
            Description = "The file to write. It must not exist.",
            Validators = { SharedOptions.DemandPath },
        };
        var continues = new Option<string?>("--continues")
        {
            Description = "An earlier backup of the group. The new one has only the messages since. A restore needs both.",
            HelpName = "file",
            Validators = { SharedOptions.DemandPath },
        };
        var process = SharedOptions.Process();
        process.Description = "The process whose store is read: raft@:9991. Default: a follower that answers.";
        var verb = new GroupVerb(environment, "backup")
        {
            What = """
                Writes the content of a running group into one file: all that was committed when the command began, and perhaps more. The
                group goes on meanwhile. The file has its name only when it is whole and on the disk. It has what a new group needs: the
                latest snapshot of one process, and the committed entries after it, with checksums. 'raft verify' checks it, and 'raft
                restore' makes the stores of a new group from it.

                --timeout is the time until an answer to each part. With security the command needs the role operator.
                """,
            Ends = new("the backup is whole", "there is no backup: standard error says why", Interrupted: "Ctrl-C; there is no backup"),
            Examples = ["backup monday.backup -S :9990", "backup tuesday.backup --continues monday.backup -S :9990"],
            Own = [file, continues, process],
            Run = (parsed, run) => Run(run, parsed.GetValue(file)!, parsed.GetValue(continues), parsed.GetValue(process)),
        }.Build();
        verb.Add(ListBackupsCommand.Build(environment));
        return verb;
    }

    private static int Run(GroupRun run, string file, string? continues, ProcessName? process) => run.Ask(
        async () =>
        {
            using ProgressLine line = new(run.Environment, "wrote", TimeProvider.System);
            return await run.Client.Raft.BackupAsync(
                file, continues, process, run.Settings.Timeout, new Progress(line), run.Client.End).ConfigureAwait(false);
        },
        backup => BackupView.Write(run, backup));

    private sealed class Progress(ProgressLine line) : IProgress<(long Written, long? Snapshot)>
    {
        public void Report((long Written, long? Snapshot) value) => line.Report(
            ByteSize.Text(value.Written) + (value.Snapshot is { } bytes ? $" of {ByteSize.Text(bytes)}" : ""));
    }
}
