namespace RaftActors.Cli.Client;

internal static class TransferCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var to = new Option<string?>("--to")
        {
            Description = "The member that is to lead: ':9991', or with --contacts a process. Default: the group chooses the best one.",
            HelpName = "member",
        };
        return new GroupVerb(environment, "transfer")
        {
            What = """
                Transfers the leadership to another member, for example before maintenance of the leader's machine. A server that is stopped
                by Ctrl-C or SIGTERM does this by itself. Appends wait for the new leader meanwhile. A transfer with an unknown outcome is
                not sent again: 'raft status' shows the leader.
                """,
            Examples = ["transfer --to :9991 -S :9990", "transfer --contacts 10.0.0.1:2551 --group orders"],
            Own = [to],
            Run = (parsed, run) => Transfer(run, parsed.GetValue(to) is { } member ? run.Target.Parse(member) : null),
        }.Build();
    }

    private static int Transfer(GroupRun run, ProcessName? to)
    {
        var done = to is { } named ? $"{run.Target.Show(named)} leads" : $"another {run.Target.Noun} leads";
        var outcome = run.Client.Change((raft, end) => raft.TransferLeadershipAsync(to, run.Settings.Timeout, end));
        return run.Report(outcome, "transfer", done, done, member: to);
    }
}
