using System.CommandLine;

using RaftTrials.Clients;
using RaftTrials.Hostile;
using RaftTrials.Load;
using RaftTrials.Trials;

var seconds = new Option<int?>("--seconds")
{
    Description = "The time in which the trial 'clients' kills leaders (default: 300), or 'hostile' attacks (default: 20).",
    HelpName = "n",
};
var attack = new Option<string?>("--attack")
{
    Description = "Run only those attacks of 'hostile' whose name contains this text.",
    HelpName = "text",
};
var port = new Option<int>("--port")
{
    Description = "The first port of the servers.",
    DefaultValueFactory = _ => 4490,
    HelpName = "n",
};
var root = TrialProgram.Of<Trial>(
    "Runs raft servers as processes under load; kills, freezes, partitions and replaces them; then checks all answers against the log.",
    [
    new("kill-leader", KillTrials.Leader),
    new("kill-all", KillTrials.All),
    new("wiped-disk", KillTrials.Wipe),
    new("frozen-leader", KillTrials.Freeze),
    new("heal-one", HealTrials.OneAfterAnother),
    new("heal-two", HealTrials.TwoAtOnce),
    new("churn", ChurnTrials.Members),
    new("backup", BackupTrials.Restore),
    new("lost-majority", LostMajorityTrials.Recover),
    new("upgrade", UpgradeTrials.Roll),
    new("bad-input", InputTrials.All),
    new("clients", ClientTrials.KillLeader),
    new("hostile", HostileTrials.All),
    new("split-control", SwitchTrials.Control, Network.Problem),
    new("split", SplitTrials.Halves, Network.Problem),
    new("split-one-way", SplitTrials.OneWay, Network.Problem),
    new("split-loss", SplitTrials.Loss, Network.Problem),
    new("split-delay", SplitTrials.Delay, Network.Problem),
    new("split-frozen", SplitTrials.Freeze, Network.Problem),
    ],
    (work, parsed) => new Trial(work, parsed.GetValue(port), parsed.GetValue(TrialProgram.Rounds), parsed.GetValue(seconds))
    {
        Attack = parsed.GetValue(attack) ?? "",
    });
root.Add(seconds);
root.Add(attack);
root.Add(port);

// The hidden commands of the processes that trials start.
root.Add(LoadCommand.Build());
root.Add(MemberCommand.Build());
root.Add(TargetCommand.Build());
return await TrialProgram.Run(root, args);
