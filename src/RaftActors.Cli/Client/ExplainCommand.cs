using System.CommandLine;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary><c>raft explain</c>.</summary>
internal static class ExplainCommand
{
    public static Command Build(Surroundings surroundings)
    {
        var options = new ClientOptions(surroundings);
        var command = new Command(
            "explain",
            """
            Says in words what a server knows and waits for. So it is the first thing to ask when nothing is committed: whom it hears, whom
            it takes for the leader, how far its log goes, what it does not do and why.

            Exit codes:
              0    said
              1    no server of --server answered
              2    the command is wrong
              130  Ctrl-C

            Example:
              raft explain -S :9991
            """);
        options.AddTo(command);
        command.SetAction(parsed => Run(options.Read(parsed), surroundings));
        return command;
    }

    private static int Run(ClientSettings client, Surroundings surroundings) => client.Run(async (servers, _, cancellation) =>
    {
        var ending = await servers.AskAsync((number, _) => new Request.Explain(number), true, client.Timeout, _ => { }, cancellation);
        if (ending is not Ending.Answered { Reply: Reply.ExplanationIs explanation } answered)
        {
            return Failure.Say(surroundings, ending, cancellation);
        }

        if (client.IsJson)
        {
            JsonLine.Write(surroundings.Output, writer =>
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
                surroundings.Output.WriteLine(Printable.Of(line.TrimEnd('\r')));
            }
        }

        return Session.Fine;
    });
}
