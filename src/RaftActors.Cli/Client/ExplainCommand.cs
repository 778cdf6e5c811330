using System.CommandLine;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary><c>raft explain</c>.</summary>
internal static class ExplainCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var member = new Argument<string?>("member")
        {
            Description = "The member to ask: ':9991', or with --contacts the name of a process.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var options = new ClientOptions(environment);
        var command = new Command(
            "explain",
            """
            Explains in words what a member knows and waits for. Run it first when nothing is committed. It shows which peers the member
            hears, which leader it knows, where its log ends, and what it does not do and why. Without an argument, the first server of
            --server that answers explains itself; with --contacts the leader does, or any process if no leader is known.

            Exit codes:
              0    a member explained itself
              1    none answered
              2    the command is wrong
              130  Ctrl-C

            Examples:
              raft explain -S :9991
              raft explain orders@10.0.0.2:2551 --contacts 10.0.0.1:2551 --group orders
            """)
        {
            member,
        };
        options.AddTo(command);
        command.SetAction(parsed => Run(parsed.GetValue(member), options.Read(parsed), environment));
        return command;
    }

    private static int Run(string? member, ClientSettings settings, CommandEnvironment environment) => settings.Look(client =>
    {
        var target = settings.Target;
        ProcessName[] named = member is null ? [.. target.Named] : [target.Parse(member)];
        if (!client.TryAsk(() => FirstAsync(client, target, named), environment, out var explanation, out var code))
        {
            return code;
        }

        if (settings.IsJson)
        {
            JsonLine.Write(environment.Output, writer =>
            {
                writer.WriteString("kind", "explanation");
                writer.WriteString(target.Noun, target.Show(explanation.By));
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

    // The first answer counts. A process that is down must not hold up the others.
    private static async Task<(ProcessName By, string Text)> FirstAsync(GroupClient client, Target target, ProcessName[] named)
    {
        var asked = named.Length > 0 ? named : await LeaderOrAllAsync(client);
        if (asked.Length == 0)
        {
            throw new RaftUnavailableException($"No process of group '{target.Group}' answered. Check --contacts and --group.");
        }

        var open = asked.Select(async process => (process, target.Show(await client.Raft.ExplainAsync(process, client.End)))).ToList();
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

    private static async Task<ProcessName[]> LeaderOrAllAsync(GroupClient client)
    {
        var group = await client.StatusAsync(client.End);
        return group.Leader is { } leader && group.Processes.Any(process => process.Name == leader)
            ? [leader]
            : [.. group.Processes.Select(process => process.Name)];
    }
}
