using System.CommandLine;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary><c>raft transfer</c>.</summary>
internal static class TransferCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var to = new Option<ServerId?>("--to")
        {
            Description = "Who is to lead. If not said: whoever is suited best.",
            HelpName = "server",
            CustomParser = ClientOptions.ParseServer,
        };
        var options = new ClientOptions(surroundings);
        var command = new Command(
            "transfer",
            $"""
            Has another server lead. That is for the time before work on the leader's machine; a server that is stopped by Ctrl-C does it
            itself. Messages that are appended meanwhile wait for the new leader. A transfer is sent once: when its end is unknown,
            'raft status' shows who leads.

            {ChangeReport.ExitCodes}

            Example:
              raft transfer --to :9991 -S :9990
            """)
        {
            to,
        };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed.GetValue(to), options.Read(parsed), surroundings));
        return command;
    }

    private static int Run(ServerId? to, ClientSettings client, Surroundings surroundings) => client.Run(async (servers, _, cancellation) =>
    {
        var done = to is null ? "another server leads" : $"{to} leads";
        var report = new ChangeReport(surroundings, client, "transfer", done, done);
        var ending = await servers.AskAsync(
            (number, timeout) => new Request.Transfer(number, to, timeout),
            mayRepeat: false,
            client.Timeout,
            report.Redirected,
            cancellation);
        return report.Ended(ending, to, cancellation);
    });
}
