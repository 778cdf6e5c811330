using System.CommandLine;

using RaftActors.Cli.Terminal;

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
            Adds a member to the group. The server must be running: start it with a port of its own that is not in its -c list. It
            receives the whole log and processes it. Each other member prints 'Added new peer :9993'. An odd number of members vote, and
            'raft members list' shows which.

            With --contacts the member is a process of an application. Start it with raft.joining = on, and add it by its name. With --all
            the name is that of a node, and its processes are added to all of their groups. Each group has a line. A group that has the
            process already counts as done, so repeat the command until it ends with 0.

            Refused if the server cannot be reached, is a member already, or another change is in progress. A change with an unknown
            outcome is not sent again: run 'raft members list' to see whether it was made.
            """,
            "raft members add :9993 -S :9990 --timeout 30",
            environment,
            (member, client) => Add(member, client, environment),
            isAddition: true),
        BuildChange(
            "remove",
            """
            Removes a member from the group, even the leader. It need not be running. A running server logs that it was removed,
            and how to add it again. Each member that stays prints 'Removed peer :9993'. With --contacts the member is a process of an
            application. With --all the name is that of a node, whose processes are removed from all groups. Repeat it until it ends with 0.

            Refused if the member is not in the roster, is the last member, or another change is in progress. A change with an unknown
            outcome is not sent again: run 'raft members list' to see whether it was made.
            """,
            "raft members remove :9993 -S :9990",
            environment,
            (member, client) => Remove(member, client, environment),
            isAddition: false),
        BuildQuorum(environment),
    };

    public static int Add(ProcessName member, ClientSettings settings, CommandEnvironment environment)
    {
        var shown = settings.Target.Show(member);
        return new ChangeReport(environment, settings, "member-added", $"added {shown}", $"{shown} was added")
            .Run(member, client => new Addition(member, settings, client).Run());
    }

    public static int Remove(ProcessName member, ClientSettings settings, CommandEnvironment environment)
    {
        var shown = settings.Target.Show(member);
        return new ChangeReport(environment, settings, "member-removed", $"removed {shown}", $"{shown} was removed")
            .Run(member, client => client.Change(
                (raft, end) => raft.LeaveAsync(member, timeout: settings.Timeout, cancellationToken: end)));
    }

    private static int SetMaxQuorum(int max, ClientSettings settings, CommandEnvironment environment) =>
        new ChangeReport(environment, settings, "quorum-set", $"at most {max} vote", $"the quorum was set to at most {max}")
            .Run(null, client => client.Change(
                (raft, end) => raft.SetMaxQuorumAsync(max, timeout: settings.Timeout, cancellationToken: end)));

    private static Command BuildQuorum(CommandEnvironment environment)
    {
        var max = new Argument<int>("max") { Description = "The largest number of members that vote: 3, 5, 7, 9 or 11." };
        max.AcceptOnlyFromAmong("3", "5", "7", "9", "11");
        var options = new ClientOptions(environment);
        var command = new Command(
            "quorum",
            $"""
            Sets the largest number of members that vote; 11 in a new group. The group's log keeps it. With a higher number the leader
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
        Func<ProcessName, ClientSettings, int> change,
        bool isAddition)
    {
        var member = new Argument<string>("member")
        {
            Description = "The server: ':9993', '9993' or 'host:9993'. With --contacts the name of a process: 'orders@10.0.0.4:2551'.",
        };
        var all = new Option<bool>("--all")
        {
            Description = "With --contacts: the processes of one node, in all groups. The member is its raft.node: '10.0.0.4:2551'.",
        };
        var options = new ClientOptions(environment);
        var command = new Command(
            verb,
            $"""
            {description}

            {ChangeReport.ExitCodes}

            Examples:
              {example}
              raft members {verb} --all 10.0.0.4:2551 --contacts 10.0.0.1:2551
            """)
        {
            member, all,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var (settings, name) = (options.Read(parsed), parsed.GetValue(member)!);
            if (!parsed.GetValue(all))
            {
                return change(settings.Target.Parse(name), settings);
            }

            return settings.Target is ServersTarget || parsed.GetValue(options.Group) is not null
                ? throw new UsageException("--all is for all groups of an application: name its nodes by --contacts, and leave out --group")
                : new NodeMembers(name, settings, environment, isAddition).Run();
        });
        return command;
    }

    private static Command BuildList(CommandEnvironment environment)
    {
        var options = new ClientOptions(environment);
        var command = new Command(
            "list",
            """
            Lists the members of the group, as its processes know them: voters, learners (which receive the log and do not vote) and
            the leader. 'raft status' asks each member for its state.

            Exit codes:
              0    listed
              1    no server of --server, or no node of --contacts, answered
              2    the command is wrong
              130  Ctrl-C

            Examples:
              raft members list -S :9990,:9991
              raft members list --contacts 10.0.0.1:2551 --group orders
            """);
        options.AddTo(command);
        command.SetAction(parsed => List(options.Read(parsed), environment));
        return command;
    }

    private static int List(ClientSettings settings, CommandEnvironment environment) => settings.Look(client =>
    {
        if (!client.TryAsk(() => client.StatusAsync(client.End), environment, out var group, out var code))
        {
            return code;
        }

        var (target, table) = (settings.Target, new TextTable(settings.Target.Noun.ToUpperInvariant(), "PART", "LEADER"));
        foreach (var member in group.Members)
        {
            var (shown, isLeader) = (target.Show(member.Name), member.Name == group.Leader);
            table.Add(shown, member.IsVoter ? "voter" : "learner", isLeader ? "leader" : "");
            if (settings.IsJson)
            {
                JsonLine.Write(environment.Output, writer =>
                {
                    writer.WriteString("kind", "member");
                    writer.WriteString(target.Noun, shown);
                    writer.WriteBoolean("votes", member.IsVoter);
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
