using System.CommandLine;

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

    private static int Run(ClientSettings settings, CommandEnvironment environment) => settings.Run(client =>
    {
        if (!client.TryAsk(() => FirstAsync(client, settings.Servers), environment, out var explanation, out var code))
        {
            return code;
        }

        if (settings.IsJson)
        {
            JsonLine.Write(environment.Output, writer =>
            {
                writer.WriteString("kind", "explanation");
                writer.WriteString("server", $"{explanation.By}");
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

    // The first answer counts. A server that is down must not hold up the others.
    private static async Task<(ServerId By, string Text)> FirstAsync(GroupClient client, ServerId[] servers)
    {
        var open = servers.Select(async server =>
            (server, ServerId.Show(await client.Raft.ExplainAsync(server.Process, client.End)))).ToList();
        while (true)
        {
            var first = await Task.WhenAny(open);
            open.Remove(first);
            if (first.IsCompletedSuccessfully || open.Count == 0)
            {
                return await first;
            }
        }
    }
}
