using System.CommandLine;

using RaftActors.Cli.Client;
using RaftActors.Cli.Terminal;
using RaftActors.Core;

namespace RaftActors.Cli.Backups;

/// <summary><c>raft backup</c>.</summary>
internal static class BackupCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var file = new Argument<string>("file") { Description = "The file to write. It must not exist." };
        var continues = new Option<string?>("--continues")
        {
            Description = "An earlier backup of the group. The new one has only the messages since. A restore needs both.",
            HelpName = "file",
        };
        var process = SharedOptions.Process();
        process.Description = "The process whose store is read: raft@:9991. Default: a follower that answers.";
        var options = new ClientOptions(environment);
        var command = new Command(
            "backup",
            """
            Writes the content of a running group into one file: all that was committed when the command began, and perhaps more. The
            group goes on meanwhile. The file has its name only when it is whole and on the disk. It has what a new group needs: the latest
            snapshot of one process, and the committed entries after it, with checksums. 'raft verify' checks it, and 'raft restore' makes
            the stores of a new group from it.

            --timeout is the time until an answer to each part. With security the command needs the role operator.

            Exit codes:
              0    the backup is whole
              1    there is no backup: standard error says why
              2    the command is wrong
              130  Ctrl-C; there is no backup

            Examples:
              raft backup monday.backup -S :9990
              raft backup tuesday.backup --continues monday.backup -S :9990
            """)
        {
            file, continues, process,
        };
        options.AddTo(command);
        command.SetAction(parsed => Run(
            parsed.GetValue(file)!,
            new RaftBackupOptions { Continues = parsed.GetValue(continues), Process = parsed.GetValue(process) },
            options.Read(parsed),
            environment));
        return command;
    }

    private static int Run(string file, RaftBackupOptions options, ClientSettings settings, CommandEnvironment environment) =>
        settings.Run(client =>
        {
            RaftBackup backup;
            using (ProgressLine line = new(environment, "wrote", TimeProvider.System))
            {
                var asked = options with { Timeout = settings.Timeout, Progress = new Progress(line) };
                if (!client.TryAsk(() => client.Raft.BackupAsync(file, asked, client.End), environment, out backup, out var code))
                {
                    return code;
                }
            }

            environment.Report(output => BackupView.Write(output, backup, settings.IsJson));
            return ExitCode.Done;
        });

    /// <summary>Shows how far a long backup is.</summary>
    private sealed class Progress(ProgressLine line) : IProgress<RaftBackupProgress>
    {
        public void Report(RaftBackupProgress value) => line.Show(
            BackupView.Size(value.Written) + (value.Snapshot is { } bytes ? $" of {BackupView.Size(bytes)}" : ""));
    }
}
