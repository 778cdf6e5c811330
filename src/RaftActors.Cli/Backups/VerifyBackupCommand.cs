using System.CommandLine;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Backups;

/// <summary><c>raft verify</c>.</summary>
internal static class VerifyBackupCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var files = new Argument<string[]>("files") { Description = "The backups.", Arity = ArgumentArity.OneOrMore };
        var json = SharedOptions.Json();
        var command = new Command(
            "verify",
            """
            Reads whole backups and checks all checksums. Prints one line for each. 'raft log verify' checks the store of a server instead.

            Exit codes: 0 all are whole; 1 one is damaged or cannot be read.

            Example:
              raft verify monday.backup tuesday.backup
            """)
        {
            files, json,
        };
        command.SetAction(parsed =>
        {
            foreach (var file in parsed.GetValue(files)!)
            {
                BackupView.Write(environment.Output, RaftBackup.VerifyAsync(file).GetAwaiter().GetResult(), parsed.GetValue(json));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
