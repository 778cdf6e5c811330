using System.CommandLine;

using RaftActors.Cli.Terminal;
using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log repair</c>.</summary>
internal static class RepairCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        var json = SharedOptions.Json();
        var shared = SharedOptions.AllowSharedDirectory();
        var yes = SharedOptions.Yes();
        var command = new Command(
            "repair",
            """
            Moves damaged stores aside, so that their processes can start with empty stores and rejoin. First prints which stores will be
            lost in this directory. If only a minority of the group is damaged, the others have all acknowledged entries. If this is the
            last copy, do not continue: save the directory.

            If the damage belongs to one store, the other stores of the same log stay. If the owner of the damage is unreadable, the whole
            log is moved. Files are kept in DIR/damaged-N, never deleted. A torn end needs no repair: the next start cuts it off.

            Fails if a process uses the directory. Afterwards start the process as before. It rejoins by itself while a majority runs
            without it, and votes again when it has caught up. With raft.quorum.keep = off, remove it and add it again.

            Example:
              raft log repair --data /var/lib/raft
            """)
        {
            data, shared, json, yes,
        };
        command.SetAction(parsed =>
        {
            using var repair = Checked(parsed.GetValue(data)!, parsed.GetValue(shared), environment);
            var isJson = parsed.GetValue(json);
            VerifyCommand.Write(environment.Output, repair.Report, isJson);
            if (repair.Report.IsWhole)
            {
                Say(environment, isJson, "There is nothing to repair.", null);
                return ExitCode.Done;
            }

            foreach (var owner in repair.Lost)
            {
                Say(environment, isJson, $"{owner} will start empty: its store is moved aside.", null);
            }

            if (!parsed.GetValue(yes) && !Confirmation.IsGiven(environment, "Type 'repair' to continue: ", "repair"))
            {
                return ExitCode.Failed;
            }

            var kept = CommandEnvironment.RunCritical(repair.Apply);
            Say(environment, isJson, $"Done. The damaged files are in {kept}.", kept);
            return ExitCode.Done;
        });
        return command;
    }

    private static LogRepair Checked(string directory, bool isSharedAllowed, CommandEnvironment environment)
    {
        using var progress = new ProgressLine(environment, "checks", TimeProvider.System);
        return LogRepair.Open(directory, isSharedAllowed, progress.Show);
    }

    private static void Say(CommandEnvironment environment, bool isJson, string text, string? kept)
    {
        if (!isJson)
        {
            environment.Output.WriteLine(text);
            return;
        }

        JsonLine.Write(environment.Output, writer =>
        {
            writer.WriteString("kind", "repair");
            writer.WriteString("text", text);
            JsonLine.Text(writer, "kept", kept);
        });
    }
}
