namespace RaftActors.Cli.Backups;

internal static class BackupView
{
    public static int Write(VerbOutput output, RaftBackup backup)
    {
        var after = backup.After is { } before
            ? $"serials {before.Next} to {backup.Serial}, continues another backup"
            : $"serial {backup.Serial}";
        return output.WriteOutcome(
            "backup",
            Printable.Of($"{backup.Path}: group {backup.Group}, {after}, {ByteSize.Text(backup.SizeBytes)}, "
                + $"from {backup.Process} at {backup.At:u}"),
            ("file", backup.Path),
            ("group", backup.Group),
            ("process", backup.Process.Value),
            ("at", backup.At.UtcDateTime),
            ("incremental", backup.After is not null),
            ("after", backup.After?.Value ?? 0),
            ("serial", backup.Serial.Value),
            ("size", backup.SizeBytes));
    }
}
