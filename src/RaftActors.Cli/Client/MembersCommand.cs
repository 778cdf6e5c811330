using System.CommandLine;

using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary><c>raft members</c>.</summary>
internal static class MembersCommand
{
    public static Command Build(Surroundings surroundings) => new("members", "Shows and changes which servers make up the group.")
    {
        BuildList(surroundings),
        BuildChange(
            "add",
            """
            Takes a server into the group. It must be running: start it with a port of its own that is not in its -c list. It is given the
            whole log and processes it. An odd number of the servers vote, 'raft members list' shows which. Each of the others prints
            'Added new peer :9993'.

            Not done, with the reason, if the server cannot be reached, is a member already, or another change is under way. A change is
            sent once: when its end is unknown, 'raft members list' shows whether it took place, and then it can be asked for again.
            """,
            "raft members add :9993 -S :9990 --timeout 30",
            surroundings,
            (server, client) => Add(server, client, surroundings)),
        BuildChange(
            "remove",
            """
            Lets a server go, be it the leader. It need not be running. One that is running says that it was removed, and how to come
            back. Each server that stays prints 'Removed peer :9993'.

            Not done, with the reason, if the server is no member, is the last one, or another change is under way. A change is sent once:
            when its end is unknown, 'raft members list' shows whether it took place, and then it can be asked for again.
            """,
            "raft members remove :9993 -S :9990",
            surroundings,
            (server, client) => Remove(server, client, surroundings)),
    };

    public static int Add(ServerId server, ClientSettings client, Surroundings surroundings) => Change(
        (number, timeout) => new Request.AddMember(number, server, timeout),
        server,
        client,
        new ChangeReport(surroundings, client, "member-added", $"added {server}", $"{server} was added"));

    public static int Remove(ServerId server, ClientSettings client, Surroundings surroundings) => Change(
        (number, timeout) => new Request.RemoveMember(number, server, timeout),
        server,
        client,
        new ChangeReport(surroundings, client, "member-removed", $"removed {server}", $"{server} was removed"));

    private static int Change(Func<long, TimeSpan, Request> request, ServerId server, ClientSettings client, ChangeReport report) =>
        client.Run(async (servers, _, cancellation) =>
        {
            var ending = await servers.AskAsync(request, mayRepeat: false, client.Timeout, report.Redirected, cancellation);
            return report.Ended(ending, server, cancellation);
        });

    private static Command BuildChange(
        string verb,
        string description,
        string example,
        Surroundings surroundings,
        Func<ServerId, ClientSettings, int> change)
    {
        var server = new Argument<ServerId?>("server")
        {
            Description = "The server: ':9993', '9993' or 'host:9993'.",
            CustomParser = ClientOptions.ParseServer,
            Arity = ArgumentArity.ExactlyOne,
        };
        var options = new ClientOptions(surroundings);
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

    private static Command BuildList(Surroundings surroundings)
    {
        var options = new ClientOptions(surroundings);
        var command = new Command(
            "list",
            """
            Shows which servers make up the group. It is what the server that is asked knows: which of them vote, which follow without a
            vote, and which leads. 'raft status' asks each of them how it is.

            Exit codes:
              0    shown
              1    no server of --server answered
              2    the command is wrong
              130  Ctrl-C

            Example:
              raft members list -S :9990,:9991
            """);
        options.AddTo(command);
        command.SetAction(parsed => List(options.Read(parsed), surroundings));
        return command;
    }

    private static int List(ClientSettings client, Surroundings surroundings) => client.Run(async (servers, _, cancellation) =>
    {
        var ending = await servers.AskAsync((number, _) => new Request.Status(number), true, client.Timeout, _ => { }, cancellation);
        if (ending is not Ending.Answered { Reply: Reply.StatusIs status })
        {
            return Failure.Say(surroundings, ending, cancellation);
        }

        var table = new Table("SERVER", "PART", "LEADER");
        foreach (var (server, isVoter) in status.Members)
        {
            var isLeader = server == status.Leader;
            table.Add($"{server}", isVoter ? "votes" : "follows", isLeader ? "leader" : "");
            if (client.IsJson)
            {
                JsonLine.Write(surroundings.Output, writer =>
                {
                    writer.WriteString("kind", "member");
                    writer.WriteString("server", $"{server}");
                    writer.WriteBoolean("votes", isVoter);
                    writer.WriteBoolean("leads", isLeader);
                });
            }
        }

        if (!client.IsJson)
        {
            table.WriteTo(surroundings.Output);
        }

        return Session.Fine;
    });
}
