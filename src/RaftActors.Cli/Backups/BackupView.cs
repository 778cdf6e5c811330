using System.Globalization;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Backups;

/// <summary>Describes a backup as text and as JSON.</summary>
internal static class BackupView
{
    public static void Write(TextWriter output, RaftBackup backup, bool isJson)
    {
        if (!isJson)
        {
            var after = backup.After is { } before
                ? $"serials {before.Next} to {backup.Serial}, continues another backup"
                : $"serial {backup.Serial}";
            output.WriteLine(Printable.Of(
                $"{backup.Path}: group {backup.Group}, {after}, {Size(backup.SizeBytes)}, from {backup.Process} at {backup.At:u}"));
            return;
        }

        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "backup");
            writer.WriteString("file", backup.Path);
            writer.WriteString("group", backup.Group);
            writer.WriteString("process", backup.Process.Value);
            writer.WriteString("at", backup.At.UtcDateTime);
            writer.WriteBoolean("incremental", backup.After is not null);
            writer.WriteNumber("after", backup.After?.Value ?? 0);
            writer.WriteNumber("serial", backup.Serial.Value);
            writer.WriteNumber("size", backup.SizeBytes);
        });
    }

    public static string Size(long bytes) => bytes < 10_000
        ? $"{bytes} bytes"
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.00} MB");
}
