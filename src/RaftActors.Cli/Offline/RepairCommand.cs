using System.CommandLine;

using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log repair</c>.</summary>
internal static class RepairCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = CommandLine.Data();
        var json = CommandLine.Json();
        var yes = new Option<bool>("--yes") { Description = "Do not ask. For scripts." };
        var command = new Command(
            "repair",
            """
            Moves damaged stores out of the way, so that their processes can start: empty, as new ones, which their groups take in again.
            Says first what will be lost in this directory. What was acknowledged is still with a majority of the group, if no more than a
            minority of it is damaged; if this was the last copy, do not go on, and save the directory.

            Where the damage is one store's, the others of the same log stay as they are. Where nobody can tell whose it is, the whole log
            goes. Files are never deleted: they are kept in DIR/damaged-N. A torn end needs no repair: the next start cuts it off.

            It refuses a directory that is in use. Afterwards start the process as before: while a majority is there without it, the
            group takes it in again by itself, and gives it its vote back when it has caught up. Where raft.quorum.keep is off, have it
            leave and join.

            Example:
              raft log repair --data /var/lib/raft
            """)
        {
            data, json, yes,
        };
        command.SetAction(parsed =>
        {
            using var repair = LogRepair.Open(parsed.GetValue(data)!);
            var isJson = parsed.GetValue(json);
            VerifyCommand.Write(environment.Output, repair.Report, isJson);
            if (repair.Report.IsWhole)
            {
                Say(environment, isJson, "There is nothing to repair.", null);
                return ExitCode.Done;
            }

            foreach (var owner in repair.Lost)
            {
                Say(environment, isJson, $"{owner} will start empty: all that it has here is moved aside.", null);
            }

            if (!parsed.GetValue(yes) && !Confirmation.IsGiven(environment, "Type 'repair' to move it aside: ", "repair"))
            {
                return ExitCode.Failed;
            }

            var kept = environment.RunCritical(repair.Apply);
            Say(environment, isJson, $"Done. The damaged files are in {kept}.", kept);
            return ExitCode.Done;
        });
        return command;
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
