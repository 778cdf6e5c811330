using System.CommandLine;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary><c>raft transfer</c>.</summary>
internal static class TransferCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var to = new Option<string?>("--to")
        {
            Description = "The member that is to lead: ':9991', or with --contacts a process. Default: the group chooses the best one.",
            HelpName = "member",
        };
        var options = new ClientOptions(environment);
        var command = new Command(
            "transfer",
            $"""
            Transfers the leadership to another member, for example before maintenance of the leader's machine. A server that is stopped
            by Ctrl-C or SIGTERM does this by itself. Appends wait for the new leader meanwhile. A transfer with an unknown outcome is not
            sent again: 'raft status' shows the leader.

            {ChangeReport.ExitCodes}

            Examples:
              raft transfer --to :9991 -S :9990
              raft transfer --contacts 10.0.0.1:2551 --group orders
            """)
        {
            to,
        };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed.GetValue(to), options.Read(parsed), environment));
        return command;
    }

    private static int Run(string? member, ClientSettings settings, CommandEnvironment environment)
    {
        var to = member is null ? (ProcessName?)null : settings.Target.Parse(member);
        var done = to is { } named ? $"{settings.Target.Show(named)} leads" : $"another {settings.Target.Noun} leads";
        return new ChangeReport(environment, settings, "transfer", done, done).Run(
            to, client => client.Change((raft, end) => raft.TransferLeadershipAsync(to, settings.Timeout, end)));
    }
}
