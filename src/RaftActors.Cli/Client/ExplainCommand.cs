using System.CommandLine;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary><c>raft explain</c>.</summary>
internal static class ExplainCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var options = new ClientOptions(environment);
        var command = new Command(
            "explain",
            """
            Explains in words what a server knows and waits for. Run it first when nothing is committed. It shows which peers the server
            hears, which leader it knows, where its log ends, and what it does not do and why.

            Exit codes:
              0    a server explained itself
              1    no server of --server answered
              2    the command is wrong
              130  Ctrl-C

            Example:
              raft explain -S :9991
            """);
        options.AddTo(command);
        command.SetAction(parsed => Run(options.Read(parsed), environment));
        return command;
    }

    private static int Run(ClientSettings client, CommandEnvironment environment) => client.Run((servers, _, cancellation) =>
    {
        var outcome = servers.Ask((number, _) => new Request.Explain(number), true, client.Timeout, _ => { }, cancellation);
        if (outcome is not RequestOutcome.Answered { Reply: Reply.ExplanationIs explanation } answered)
        {
            return QueryFailure.Report(environment, outcome, cancellation);
        }

        if (client.IsJson)
        {
            JsonLine.Write(environment.Output, writer =>
            {
                writer.WriteString("kind", "explanation");
                writer.WriteString("server", $"{answered.By}");
                writer.WriteString("text", explanation.Text);
            });
        }
        else
        {
            foreach (var line in explanation.Text.Split('\n'))
            {
                environment.Output.WriteLine(Printable.Of(line.TrimEnd('\r')));
            }
        }

        return ExitCode.Done;
    });
}
