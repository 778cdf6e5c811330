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
            Description = "All survivors, this one included, separated by commas. Give the same list on each.",
            HelpName = "names",
            Required = true,
            CustomParser = CommandLine.ParseNames,
        };
        var shared = CommandLine.AllowSharedDirectory();
        var yes = new Option<bool>("--yes") { Description = "Do not ask for confirmation. For scripts." };
        var command = new Command(
            "recover",
            """
            Lets the survivors of a group continue without a majority of its voters. It is the last resort, for a majority that is lost
            for ever with its disks. If a lost process can still be started, start it instead.

            Steps: stop all survivors. Run this command on each, with the same --members. It prints the new group identity, which must be
            the same on all survivors. Start them all. The first leader needs the vote of every survivor, so the survivor with the longest
            log leads. Then remove the lost processes from the group, or start processes with empty stores under their names.

            Possible losses: acknowledged entries that only the lost logs had are gone. Unacknowledged entries in a survivor's log may
            become committed. Never run this because a network is cut: two recovered halves become two groups, and both accept writes.

            Effects: in this store every configuration is replaced by one in which the survivors vote, with a new group identity. The group
            then refuses a lost process that restarts with its old store. Entries, terms and votes stay. The old files are kept in
            DIR/before-recover-N. Other stores in the directory stay unchanged.

            Example:
              raft recover --data /var/lib/raft --group ledger --process raft1@a --members raft1@a,raft2@b
            """)
        {
            data, group, process, members, shared, yes,
        };
        command.SetAction(parsed =>
        {
            var owner = new StoreOwner(parsed.GetValue(group)!, parsed.GetValue(process)!.Value);
            var directory = parsed.GetValue(data)!;
            using var recovery = LostQuorumStore.Open(directory, owner, parsed.GetValue(members)!, parsed.GetValue(shared));
            Show(environment.Output, recovery.Plan);
            var question = $"Type the name of the group ({owner.Group}) to recover it: ";
            if (!parsed.GetValue(yes) && !Confirmation.IsGiven(environment, question, owner.Group))
            {
                return ExitCode.Failed;
            }

            var (before, after) = (recovery.Plan.Before.Group.Value, recovery.Plan.After.Group.Value);
            var kept = CommandEnvironment.RunCritical(() =>
            {
                AnnouncementFile.NoteRecovery(directory, before, after);
                return recovery.Apply();
            });
            environment.Output.WriteLine($"Done. The old files are in {kept}.");
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
        output.WriteLine("Acknowledged entries that are in no survivor's log are lost. Unacknowledged entries may become committed.");
        output.WriteLine($"The first leader needs the votes of all {plan.Survivors.Count()} survivors: {Names(plan.Survivors)}.");
        output.WriteLine("Each survivor must show the same new group identity. Never recover because a network is cut.");
    }

    private static string Names(IEnumerable<Member> members) => string.Join(' ', members.Select(member => member.Name));
}
