using System.CommandLine;

namespace RaftActors.Cli.Client;

/// <summary><c>raft transfer</c>.</summary>
internal static class TransferCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var to = new Option<ServerId?>("--to")
        {
            Description = "The server that is to lead. Default: the group chooses the best one.",
            HelpName = "server",
            CustomParser = ClientOptions.ParseServer,
        };
        var options = new ClientOptions(environment);
        var command = new Command(
            "transfer",
            $"""
            Transfers the leadership to another server, for example before maintenance of the leader's machine. A server that is stopped
            by Ctrl-C or SIGTERM does this by itself. Appends wait for the new leader meanwhile. A transfer with an unknown outcome is not
            sent again: 'raft status' shows the leader.

            {ChangeReport.ExitCodes}

            Example:
              raft transfer --to :9991 -S :9990
            """)
        {
            to,
        };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed.GetValue(to), options.Read(parsed), environment));
        return command;
    }

    private static int Run(ServerId? to, ClientSettings settings, CommandEnvironment environment)
    {
        var done = to is null ? "another server leads" : $"{to} leads";
        return new ChangeReport(environment, settings, "transfer", done, done).Run(
            to, client => client.Change((raft, end) => raft.TransferLeadershipAsync(to?.Process, settings.Timeout, end)));
    }
}
