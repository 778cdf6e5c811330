using System.CommandLine;

namespace RaftActors.Cli.Client;

/// <summary><c>raft members</c>.</summary>
internal static class MembersCommand
{
    public static Command Build(CommandEnvironment environment) => new("members", "Lists and changes the members of the group.")
    {
        BuildList(environment),
        BuildChange(
            "add",
            """
            Adds a server to the group. The server must be running: start it with a port of its own that is not in its -c list. It
            receives the whole log and processes it. Each other member prints 'Added new peer :9993'. An odd number of members vote, and
            'raft members list' shows which.

            Refused if the server cannot be reached, is a member already, or another change is in progress. A change with an unknown
            outcome is not sent again: run 'raft members list' to see whether it was made.
            """,
            "raft members add :9993 -S :9990 --timeout 30",
            environment,
            (server, client) => Add(server, client, environment)),
        BuildChange(
            "remove",
            """
            Removes a server from the group, even the leader. The server need not be running. A running server logs that it was removed,
            and how to add it again. Each member that stays prints 'Removed peer :9993'.

            Refused if the server is not in the roster, is the last member, or another change is in progress. A change with an unknown
            outcome is not sent again: run 'raft members list' to see whether it was made.
            """,
            "raft members remove :9993 -S :9990",
            environment,
            (server, client) => Remove(server, client, environment)),
        BuildQuorum(environment),
    };

    public static int Add(ServerId server, ClientSettings settings, CommandEnvironment environment) =>
        new ChangeReport(environment, settings, "member-added", $"added {server}", $"{server} was added")
            .Run(server, client => new Addition(server, settings, client).Run());

    public static int Remove(ServerId server, ClientSettings settings, CommandEnvironment environment) =>
        new ChangeReport(environment, settings, "member-removed", $"removed {server}", $"{server} was removed")
            .Run(server, client => client.Change(
                (raft, end) => raft.LeaveAsync(server.Process, timeout: settings.Timeout, cancellationToken: end)));

    private static int SetMaxQuorum(int max, ClientSettings settings, CommandEnvironment environment) =>
        new ChangeReport(environment, settings, "quorum-set", $"at most {max} vote", $"the quorum was set to at most {max}")
            .Run(null, client => client.Change(
                (raft, end) => raft.SetMaxQuorumAsync(max, timeout: settings.Timeout, cancellationToken: end)));

    private static Command BuildQuorum(CommandEnvironment environment)
    {
        var max = new Argument<int>("max") { Description = "The largest number of servers that vote: 3, 5, 7, 9 or 11." };
        max.AcceptOnlyFromAmong("3", "5", "7", "9", "11");
        var options = new ClientOptions(environment);
        var command = new Command(
            "quorum",
            $"""
            Sets the largest number of servers that vote; 11 in a new group. The group's log keeps it. With a higher number the leader
            promotes learners that are caught up. With a lower one the surplus voters become learners, and the leader stays.

            Refused if a majority of the remaining voters does not answer, or another change is in progress. A change with an unknown
            outcome is not sent again: run 'raft members list' to see whether it was made.

            {ChangeReport.ExitCodes}

            Example:
              raft members quorum 5 -S :9990
            """)
        {
            max,
        };
        options.AddTo(command);
        command.SetAction(parsed => SetMaxQuorum(parsed.GetValue(max), options.Read(parsed), environment));
        return command;
    }

    private static Command BuildChange(
        string verb,
        string description,
        string example,
        CommandEnvironment environment,
        Func<ServerId, ClientSettings, int> change)
    {
        var server = new Argument<ServerId?>("server")
        {
            Description = "The server: ':9993', '9993' or 'host:9993'.",
            CustomParser = ClientOptions.ParseServer,
            Arity = ArgumentArity.ExactlyOne,
        };
        var options = new ClientOptions(environment);
        var command = new Command(
            verb,
            $"""
            {description}

            {ChangeReport.ExitCodes}

            Example:
              {example}
            """)
        {
            server,
        };
        options.AddTo(command);
        command.SetAction(parsed => change(parsed.GetValue(server)!.Value, options.Read(parsed)));
        return command;
    }

    private static Command BuildList(CommandEnvironment environment)
    {
        var options = new ClientOptions(environment);
        var command = new Command(
            "list",
            """
            Lists the members of the group, as the servers know them: voters, learners (which receive the log and do not vote) and
            the leader. 'raft status' asks each member for its state.

            Exit codes:
              0    listed
              1    no server of --server answered
              2    the command is wrong
              130  Ctrl-C

            Example:
              raft members list -S :9990,:9991
            """);
        options.AddTo(command);
        command.SetAction(parsed => List(options.Read(parsed), environment));
        return command;
    }

    private static int List(ClientSettings settings, CommandEnvironment environment) => settings.Run(client =>
    {
        if (!client.TryAsk(() => client.Raft.StatusAsync(client.End), environment, out var group, out var code))
        {
            return code;
        }

        var table = new Table("SERVER", "PART", "LEADER");
        foreach (var (server, isVoter) in GroupStatus.MembersOf(group))
        {
            var isLeader = server.Process == group.Leader;
            table.Add($"{server}", isVoter ? "voter" : "learner", isLeader ? "leader" : "");
            if (settings.IsJson)
            {
                JsonLine.Write(environment.Output, writer =>
                {
                    writer.WriteString("kind", "member");
                    writer.WriteString("server", $"{server}");
                    writer.WriteBoolean("votes", isVoter);
                    writer.WriteBoolean("leads", isLeader);
                });
            }
        }

        if (!settings.IsJson)
        {
            table.WriteTo(environment.Output);
        }

        return ExitCode.Done;
    });
}
