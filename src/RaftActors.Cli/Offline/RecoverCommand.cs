using System.CommandLine;

using RaftActors.Cli.Server;
using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Storage.Tools;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft recover</c>.</summary>
internal static class RecoverCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var data = CommandLine.Data();
        var group = new Option<string>("--group") { Description = "The group that lost its majority.", HelpName = "name", Required = true };
        var process = CommandLine.Process();
        process.Required = true;
        process.Description = "The survivor whose store is in this directory: raft1@node1@localhost.";
        var members = new Option<ProcessName[]>("--members")
        {
            Description = "All survivors, this one included, with commas between. The same on each of them.",
            HelpName = "names",
            Required = true,
            CustomParser = CommandLine.ParseNames,
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask. For scripts." };
        var command = new Command(
            "recover",
            """
            The last resort: a majority of a group's voters is lost for ever, disks and all, and the survivors are to go on without it.
            While one of the lost ones might come back, start that one instead.

            How: stop all survivors. Run this on each of them, with the same --members. Compare the group identity that it prints: it must
            be the same on all. Start them all: the first leader needs the vote of every one of them, so the one whose log goes furthest
            leads. Then let the lost ones leave the group, or give their names to processes with empty stores.

            What you may lose: what was acknowledged and was only in the lost logs is gone. What was never acknowledged, and stands in a
            survivor's log, may appear. Whoever runs this on two halves of a group has two groups, which both take writes; so never run it
            because a network is cut.

            What it does: in this store, every configuration of the group becomes one in which the survivors vote, under a new identity of
            the group, so that a lost process that comes back with its old store is refused. Entries, terms and votes stay. The files as
            they were are kept in DIR/before-recover-N. Nothing is done to other processes' stores in the same directory.

            Example:
              raft recover --data /var/lib/raft --group ledger --process raft1@a --members raft1@a,raft2@b
            """)
        {
            data, group, process, members, yes,
        };
        command.SetAction(parsed =>
        {
            var owner = new StoreOwner(parsed.GetValue(group)!, parsed.GetValue(process)!.Value);
            var directory = parsed.GetValue(data)!;
            using var recovery = LostQuorumStore.Open(directory, owner, parsed.GetValue(members)!);
            Show(environment.Output, recovery.Plan);
            var question = $"Type the name of the group ({owner.Group}) to do it: ";
            if (!parsed.GetValue(yes) && !Confirmation.IsGiven(environment, question, owner.Group))
            {
                return ExitCode.Failed;
            }

            var (before, after) = (recovery.Plan.Before.Group.Value, recovery.Plan.After.Group.Value);
            var kept = environment.RunCritical(() =>
            {
                AnnouncementFile.NoteRecovery(directory, before, after);
                return recovery.Apply();
            });
            environment.Output.WriteLine($"Done. The files as they were are in {kept}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(TextWriter output, LostQuorumPlan plan)
    {
        var table = new Table("", "BEFORE", "AFTER");
        table.Add("group identity", $"{plan.Before.Group.Value:N}", $"{plan.After.Group.Value:N}");
        table.Add("voters", Names(plan.Before.Electorate()), Names(plan.Survivors));
        table.Add("lost", "", string.Join(' ', plan.Lost));
        table.Add("end of the log", $"{plan.End}", "the same");
        table.WriteTo(output);
        output.WriteLine("What was acknowledged and is in no survivor's log is gone. What was never acknowledged may appear.");
        output.WriteLine($"The first leader needs the votes of all {plan.Survivors.Count()}: {Names(plan.Survivors)}.");
        output.WriteLine("On each of them the group identity after must be the same as here. Never do this because a network is cut.");
    }

    private static string Names(IEnumerable<Member> members) => string.Join(' ', members.Select(member => member.Name));
}
