namespace RaftActors.Cli.Backups;

/// <summary><c>raft verify</c>.</summary>
internal static class VerifyBackupCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var files = new Argument<string[]>("files")
        {
            Description = "The backups.",
            Arity = ArgumentArity.OneOrMore,
            Validators = { SharedOptions.DemandPath },
        };
        return new LocalVerb(environment, "verify")
        {
            What = """
                Reads whole backups and checks all checksums. Prints one line for each. 'raft log verify' checks the store of a server
                instead.
                """,
            Ends = new("all are whole", "one is damaged or cannot be read"),
            Examples = ["verify monday.backup tuesday.backup"],
            Own = [files],
            Run = (parsed, output) => parsed.GetValue(files)!.Max(
                file => BackupView.Write(output, RaftBackup.VerifyAsync(file, output.Interrupted).GetAwaiter().GetResult())),
        }.Build();
    }
}
