namespace RaftActors.Cli.Client;

internal static class MembersCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var max = new Argument<int>("max") { Description = "The largest number of members that vote: 3, 5, 7, 9 or 11." };
        max.AcceptOnlyFromAmong("3", "5", "7", "9", "11");
        return new("members", "Lists and changes the members of the group.")
        {
            new GroupVerb(environment, "list")
            {
                What = """
                    Lists the members of the group, as its processes know them: voters, learners (which receive the log and do not vote) and
                    the leader. 'raft status' asks each member for its state.
                    """,
                Ends = ExitCodes.OfLook with { Done = "listed" },
                Examples = ["members list -S :9990,:9991", "members list --contacts 10.0.0.1:2551 --group orders"],
                Looks = _ => true,
                Run = (_, run) => run.AskStatus(group => List(run, group)),
            }.Build(),
            BuildChange(
                environment,
                "add",
                """
                Adds a member to the group. The server must be running: start it with a port of its own that is not in its -c list. It
                receives the whole log and processes it. Each other member prints 'Added new peer :9993'. An odd number of members vote, and
                'raft members list' shows which.

                With --contacts the member is a process of an application. Start it with raft.joining = on, and add it by its name. With
                --all the name is that of a node, and its processes are added to all of their groups. Each group has a line. A group that
                has the process already counts as done, so repeat the command until it ends with 0.

                With --non-voting it never votes, until it is removed: for a slow or distant node that answers reads.

                Refused if the server cannot be reached, is a member already, or another change is in progress. A change with an unknown
                outcome is not sent again: run 'raft members list' to see whether it was made.
                """,
                "members add :9993 -S :9990 --timeout 30",
                isAddition: true),
            BuildChange(
                environment,
                "remove",
                """
                Removes a member from the group, even the leader. It need not be running. A running server logs that it was removed,
                and how to add it again. Each member that stays prints 'Removed peer :9993'. With --contacts the member is a process of an
                application. With --all the name is that of a node, whose processes are removed from all groups. Repeat it until it ends
                with 0.

                Refused if the member is not in the roster, is the last member, or another change is in progress. A change with an unknown
                outcome is not sent again: run 'raft members list' to see whether it was made.
                """,
                "members remove :9993 -S :9990",
                isAddition: false),
            new GroupVerb(environment, "quorum")
            {
                What = """
                    Sets the largest number of members that vote; 11 in a new group. The group's log keeps it. With a higher number the
                    leader promotes learners that are caught up. With a lower one the surplus voters become learners, and the leader stays.

                    Refused if a majority of the remaining voters does not answer, or another change is in progress. A change with an
                    unknown outcome is not sent again: run 'raft members list' to see whether it was made.
                    """,
                Examples = ["members quorum 5 -S :9990"],
                Own = [max],
                Run = (parsed, run) => SetMaxQuorum(run, parsed.GetValue(max)),
            }.Build(),
        };
    }

    public static int Change(GroupRun run, ProcessName member, bool isAddition, bool votes = true) =>
        Report(run, member, isAddition, Change(run.Settings, run.Client, member, isAddition, votes));

    /// <param name="votes">False: a member that is added never votes.</param>
    public static RequestOutcome Change(
        RunSettings settings, GroupClient client, ProcessName member, bool isAddition, bool votes) => isAddition
        ? new Addition(member, settings, client, votes).Run()
        : client.Change((raft, end) => raft.LeaveAsync(member, timeout: settings.Timeout, cancellationToken: end));

    /// <param name="member">Null if the group did not answer, so the member is not known.</param>
    public static int Report(GroupRun run, ProcessName? member, bool isAddition, RequestOutcome result, string? group = null)
    {
        var (kind, verb) = isAddition ? ("member-added", "added") : ("member-removed", "removed");
        var shown = member is { } one ? run.Target.Show(one) : "";
        var done = result is RequestOutcome.Done { WasBefore: true } ? $"{shown} is a member already" : $"{verb} {shown}";
        return run.Report(result, kind, done, $"{shown} was {verb}", member: member, group: group);
    }

    private static int SetMaxQuorum(GroupRun run, int max) => run.Report(
        run.Client.Change((raft, end) => raft.SetMaxQuorumAsync(max, timeout: run.Settings.Timeout, cancellationToken: end)),
        "quorum-set",
        $"at most {max} vote",
        $"the quorum was set to at most {max}");

    private static int List(GroupRun run, GroupStatus group) => run.WriteRows(
        "member",
        [.. group.Members],
        [
            new(run.Target.Noun.ToUpperInvariant(), run.Target.Noun, member => run.Target.Show(member.Name)),
            new("PART", "votes", member => member.IsVoter, PartOf),
            new("LEADER", "leads", member => member.Name == group.Leader, member => member.Name == group.Leader ? "leader" : ""),
        ]);

    private static string PartOf(GroupMember member) => member.IsVoter ? "voter" : member.NeverVotes ? "non-voter" : "learner";

    private static Command BuildChange(CommandEnvironment environment, string name, string what, string example, bool isAddition)
    {
        var member = new Argument<string>("member")
        {
            Description = "The server: ':9993', '9993' or 'host:9993'. With --contacts the name of a process: 'orders@10.0.0.4:2551'.",
        };
        var all = new Option<bool>("--all")
        {
            Description = "With --contacts: the processes of one node, in all groups. The member is its raft.node: '10.0.0.4:2551'.",
        };
        var nonVoting = new Option<bool>("--non-voting") { Description = "The member never votes, and does not count for the quorum." };
        var options = new ClientOptions(environment);
        return new GroupVerb(environment, name)
        {
            What = what,
            Examples = [example, $"members {name} --all 10.0.0.4:2551 --contacts 10.0.0.1:2551"],
            Own = isAddition ? [member, all, nonVoting] : [member, all],
            Options = options,
            IsOfOneGroup = parsed => !parsed.GetValue(all),
            Run = (parsed, run) => !parsed.GetValue(all)
                ? Change(run, run.Target.Parse(parsed.GetValue(member)!), isAddition, Votes(parsed))
                : run.Target is ServersTarget || parsed.GetValue(options.Group) is not null
                ? throw new UsageException("--all is for all groups of an application: name its nodes by --contacts, and leave out --group")
                : new NodeMembers(parsed.GetValue(member)!, run, isAddition, Votes(parsed)).Run(),
        }.Build();

        bool Votes(ParseResult parsed) => !isAddition || !parsed.GetValue(nonVoting);
    }
}
