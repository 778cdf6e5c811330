namespace RaftActors.Cli.Client;

internal static class ExplainCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var member = new Argument<string?>("member")
        {
            Description = "The member to ask: ':9991', or with --contacts the name of a process.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new GroupVerb(environment, "explain")
        {
            What = """
                Explains in words what a member knows and waits for. Run it first when nothing is committed. It shows which peers the member
                hears, which leader it knows, where its log ends, and what it does not do and why. Without an argument, the first server of
                --server that answers explains itself; with --contacts the leader does, or any process if no leader is known.
                """,
            Ends = new("a member explained itself", "none answered"),
            Examples = ["explain -S :9991", "explain orders@10.0.0.2:2551 --contacts 10.0.0.1:2551 --group orders"],
            Own = [member],
            Looks = _ => true,
            Run = (parsed, run) => Explain(
                run, parsed.GetValue(member) is { } named ? [run.Target.Parse(named)] : [.. run.Target.Named]),
        }.Build();
    }

    private static int Explain(GroupRun run, ProcessName[] named) => run.Ask(
        () => FirstAsync(run.Client, run.Target, named),
        explanation => run.Write(
            "explanation",
            string.Join(Environment.NewLine, explanation.Text.Split('\n').Select(line => Printable.Of(line.TrimEnd('\r')))),
            (run.Target.Noun, run.Target.Show(explanation.By)),
            ("text", explanation.Text)));

    // The first answer counts, because a process that is down would delay it by the whole timeout.
    private static async Task<(ProcessName By, string Text)> FirstAsync(GroupClient client, Target target, ProcessName[] named)
    {
        var asked = named.Length > 0 ? named : await LeaderOrAllAsync(client);
        if (asked.Length == 0)
        {
            throw GroupClient.NoAnswer($"No process of group '{target.Group}' answered. Check --contacts and --group.");
        }

        var open = asked.Select(async process =>
            (process, target.Show(await client.Raft.ExplainAsync(process, cancellationToken: client.End)))).ToList();
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
