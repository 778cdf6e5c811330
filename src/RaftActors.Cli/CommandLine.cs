using System.CommandLine.Help;

using RaftActors.Cli.Backups;
using RaftActors.Cli.Certificates;
using RaftActors.Cli.Client;
using RaftActors.Cli.Client.Check;
using RaftActors.Cli.Client.Coordination;
using RaftActors.Cli.Client.Shards;
using RaftActors.Cli.Client.Top;
using RaftActors.Cli.Offline;
using RaftActors.Cli.Server;

namespace RaftActors.Cli;

internal static class CommandLine
{
    private static readonly (string Name, Func<CommandEnvironment, Command> Build)[] Verbs =
    [
        ("server", ServerCommand.Build),
        ("append", AppendCommand.Build),
        ("print", AppendCommand.BuildPrint),
        ("count", AppendCommand.BuildCount),
        ("members", MembersCommand.Build),
        ("shards", ShardsCommand.Build),
        ("upgrade", UpgradeCommand.Build),
        ("status", StatusCommand.Build),
        ("transfer", TransferCommand.Build),
        ("explain", ExplainCommand.Build),
        ("events", EventsCommand.Build),
        ("top", TopCommand.Build),
        ("check", CheckCommand.Build),
        ("settings", SettingsCommand.Build),
        ("trace", TraceCommand.Build),
        ("log", BuildLog),
        ("lock", LockCommand.Build),
        ("session", SessionCommand.Build),
        ("item", ItemCommand.Build),
        ("recover", RecoverCommand.Build),
        ("snapshot", SnapshotCommand.Build),
        ("backup", BackupCommand.Build),
        ("verify", VerifyBackupCommand.Build),
        ("restore", RestoreCommand.Build),
        ("replay", ReplayCommand.Build),
        ("certs", CertsCommand.Build),
        ("completion", CompletionCommand.Build),
    ];

    /// <summary>If the first argument is a verb, builds only that one, because the others would delay each start.</summary>
    public static RootCommand Build(CommandEnvironment environment, string? first)
    {
        var root = new RootCommand(
            """
            Runs servers that replicate a log of messages by Raft, and sends them requests. Looks after the groups of any application
            of RaftActors with --contacts and --group, and checks and repairs the logs of stopped processes. 'raft VERB --help' describes
            a verb. Flags without a verb are short forms:

              raft -c LIST -p PORT                    raft server -c LIST -p PORT
              raft -C clientcommand -m TEXT -S LIST   raft append TEXT -S LIST
              raft -C addserver -m :9993 -S LIST      raft members add :9993 -S LIST
              raft -C removeserver -m :9993 -S LIST   raft members remove :9993 -S LIST

            Exit codes:
              0    done; a command that checks found no problem
              1    not done, and it is safe to retry; a command that checks found a problem. Standard error has the reason
              2    the command is wrong
              3    unknown whether it was done; standard error says how to find out, or how to retry safely
              130  Ctrl-C
            """);
        AddTo(root, environment, first ?? "");
        if (root.Subcommands.Count == 0)
        {
            AddTo(root, environment, only: null);
            new ShortForms(environment).AddTo(root, environment);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new BriefHelp((HelpAction)help.Action!); // Justification: HelpOption sets its action.
        return root;
    }

    private static void AddTo(RootCommand root, CommandEnvironment environment, string? only)
    {
        foreach (var (name, build) in Verbs)
        {
            if (only is null || only == name)
            {
                root.Add(build(environment));
            }
        }
    }

    private static Command BuildLog(CommandEnvironment environment) =>
        new("log", "Shows the log of a running group, and shows, checks and repairs the log of a stopped process.")
        {
            TailCommand.Build(environment),
            DumpCommand.Build(environment),
            VerifyCommand.Build(environment),
            RepairCommand.Build(environment),
            ForgetCommand.Build(environment),
        };
}
