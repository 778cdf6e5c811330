using System.CommandLine;
using System.Text.Json;

using RaftActors.Cli.Terminal;
using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft log verify</c>.</summary>
internal static class VerifyCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        var json = SharedOptions.Json();
        var command = new Command(
            "verify",
            """
            Reads all segments and snapshots in a directory and checks their checksums. Prints the content of each store, and whether its
            process can start. A torn end of the last write is no damage: the write was never acknowledged, and the next start cuts it
            off. Changes nothing. Fails if a process uses the directory.

            Exit codes: 0 whole; 1 acknowledged entries are damaged (see 'raft log repair'), or the directory cannot be read.

            Example:
              raft log verify --data /var/lib/raft
            """)
        {
            data, json,
        };
        command.SetAction(parsed =>
        {
            var report = Checked(parsed.GetValue(data)!, environment);
            var isJson = parsed.GetValue(json);
            Write(environment.Output, report, isJson);
            if (!report.IsWhole && !isJson)
            {
                environment.Output.WriteLine("Run 'raft log repair' to see what is lost, and to move it aside.");
            }

            return report.IsWhole ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static LogReport Checked(string directory, CommandEnvironment environment)
    {
        using var progress = new ProgressLine(environment, "checks", TimeProvider.System);
        return LogVerify.Check(directory, progress.Show);
    }

    public static void Write(TextWriter output, LogReport report, bool isJson)
    {
        if (isJson)
        {
            WriteJson(output, report);
        }
        else
        {
            WriteText(output, report);
        }
    }

    private static void WriteText(TextWriter output, LogReport report)
    {
        output.WriteLine($"{report.Directory}: {report.Segments} segments, {report.Records} records, {report.Snapshots} snapshots");
        var table = new TextTable("GROUP", "PROCESS", "INCARNATION", "TERM", "ENTRIES", "LAST TERM", "SERIAL", "SNAPSHOT", "STATE");
        foreach (var store in report.Stores)
        {
            table.Add(
                store.Owner.Group,
                store.Owner.Name.Value,
                $"{store.Incarnation}",
                $"{store.HardState.Term}",
                $"{store.Base.Index.Next}..{store.Last.Index}",
                $"{store.Last.Term}",
                $"{store.Last.Serial}",
                store.LatestSnapshot is { } index ? $"up to {index}" : "none",
                store.IsWhole ? "whole" : "damaged");
        }

        table.WriteTo(output);
        foreach (var note in report.Notes)
        {
            output.WriteLine(note);
        }

        foreach (var damage in report.Damages)
        {
            output.WriteLine($"Damaged, {(damage.Owner is { } owner ? $"{owner}" : "the whole log")}: {Place(damage)}");
        }

        if (report.IsWhole)
        {
            output.WriteLine(report.TornBytes > 0
                ? $"Whole, with a torn end of {report.TornBytes} bytes. It was never acknowledged, and the next start cuts it off."
                : "Whole.");
        }
    }

    private static string Place(LogDamage damage) =>
        $"{damage.Place.File} at {damage.Place.Offset}: {damage.Place.What}"
        + (damage.Place.Checksum is var (expected, found) ? $" (checksum {expected:x8} expected, {found:x8} found)" : "")
        + (damage.Behind > 0 ? $"; {damage.Behind} entries come after it." : ".");

    private static void WriteJson(TextWriter output, LogReport report)
    {
        foreach (var store in report.Stores)
        {
            JsonLine.Write(output, writer => Members(writer, store));
        }

        foreach (var damage in report.Damages)
        {
            JsonLine.Write(output, writer => Members(writer, damage));
        }

        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "log");
            writer.WriteString("directory", report.Directory);
            writer.WriteString("state", !report.IsWhole ? "damaged" : report.TornBytes > 0 ? "torn" : "whole");
            writer.WriteNumber("segments", report.Segments);
            writer.WriteNumber("records", report.Records);
            writer.WriteNumber("snapshots", report.Snapshots);
            writer.WriteNumber("tornBytes", report.TornBytes);
        });
    }

    private static void Members(Utf8JsonWriter writer, StoreReport store)
    {
        writer.WriteString("kind", "store");
        JsonLine.Owner(writer, store.Owner);
        writer.WriteString("state", store.IsWhole ? "whole" : "damaged");
        writer.WriteString("incarnation", store.Incarnation.Value);
        writer.WriteString("groupIdentity", store.HardState.Group.Value);
        writer.WriteNumber("term", store.HardState.Term.Value);
        writer.WriteNumber("base", store.Base.Index.Value);
        writer.WriteNumber("lastIndex", store.Last.Index.Value);
        writer.WriteNumber("lastTerm", store.Last.Term.Value);
        writer.WriteNumber("lastSerial", store.Last.Serial.Value);
        JsonLine.Number(writer, "snapshot", store.LatestSnapshot?.Value);
    }

    private static void Members(Utf8JsonWriter writer, LogDamage damage)
    {
        writer.WriteString("kind", "damage");
        JsonLine.Owner(writer, damage.Owner);
        writer.WriteString("file", damage.Place.File);
        writer.WriteNumber("offset", damage.Place.Offset);
        JsonLine.Number(writer, "index", damage.Place.Index?.Value);
        JsonLine.Text(writer, "expected", damage.Place.Checksum?.Expected.ToString("x8"));
        JsonLine.Text(writer, "found", damage.Place.Checksum?.Found.ToString("x8"));
        writer.WriteString("what", damage.Place.What);
        writer.WriteNumber("behind", damage.Behind);
    }
}
