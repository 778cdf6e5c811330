namespace RaftActors.Cli.Backups;

internal static class RestoreCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var files = new Argument<string[]>("files")
        {
            Description = "A full backup, then those that continue it.",
            Arity = ArgumentArity.OneOrMore,
            Validators = { SharedOptions.DemandPath },
        };
        var data = SharedOptions.Data();
        var process = SharedOptions.Process();
        process.Required = true;
        process.Description = "The member whose store is made here: raft@:9990.";
        var members = new Option<ProcessName[]>("--members")
        {
            Description = "All members of the new group, separated by commas. The first ones vote: an odd number, at most --max-voters.",
            HelpName = "names",
            Required = true,
            CustomParser = SharedOptions.ParseNames,
        };
        var group = new Option<string?>("--group")
        {
            Description = "The name of the new group. Default: that of the backup.",
            HelpName = "name",
        };
        var id = new Option<Guid?>("--id")
        {
            Description = "The id of this restore, the same for each member. Default: a new one, which is printed.",
            HelpName = "id",
        };
        var maximum = new Option<int?>("--max-voters")
        {
            Description = "The most voters of the new group, odd and from 3 to 11, the same for each member. Default: as in the backup.",
            HelpName = "count",
        };
        var shared = SharedOptions.AllowSharedDirectory();
        return new LocalVerb(environment, "restore")
        {
            What = """
                Makes the store of one member of a new group with the content of backups. Run it for each member, on its machine, with the
                same files, --members, --max-voters and --id: the others refuse a member that was made with another one. Then start all of
                them as before. The new group has another identity than that of the backup, so processes of the two never mix. The members
                need not be those of the backup.

                Request ids and request keys of the backup are kept: a repeat of a request from before it is recognised.

                All files are checked before the disk is changed. A directory may have stores of other groups, and none of this member. If
                the disk fails meanwhile, the new store is fenced: move the directory away, and restore again.
                """,
            Ends = new(
                "the store is whole",
                "it is not, and standard error says why",
                Interrupted: "Ctrl-C while the files were checked; nothing was changed"),
            Examples =
            [
                "restore monday.backup --data ~/.goraft/_9990 --process raft@:9990 --members raft@:9990,raft@:9991,raft@:9992",
            ],
            Own = [files, data, process, members, group, id, maximum, shared],
            Run = (parsed, output) =>
            {
                var (directory, member) = (parsed.GetValue(data)!, parsed.GetValue(process)!.Value);
                var used = parsed.GetValue(id) ?? Guid.NewGuid();
                RaftRestore restore = new(used, parsed.GetValue(members)!)
                {
                    Group = parsed.GetValue(group),
                    MaxQuorum = parsed.GetValue(maximum),
                    AllowSharedDirectory = parsed.GetValue(shared),
                };
                var serial = restore.RunAsync(parsed.GetValue(files)!, directory, member, output.Interrupted).GetAwaiter().GetResult();
                return output.WriteOutcome(
                    "restored",
                    $"{directory} has the store of {member} up to serial {serial}.{Environment.NewLine}"
                    + (parsed.GetValue(id) is null
                        ? $"Restore the other members with --id {used}, then start all."
                        : "Start the members when all are restored."),
                    ("process", member.Value),
                    ("serial", serial.Value),
                    ("id", used));
            },
        }.Build();
    }
}
