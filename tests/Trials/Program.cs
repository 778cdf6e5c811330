using CoordinationTrials;
using DiskTrials;
using KeyValueTrials;
using PersistenceTrials;
using RaftTrials;

return await TrialProgram.Run(
    new RootCommand("Runs real processes under real faults, and compares what their clients were told with what the processes have.")
    {
        RaftTrials.RaftProgram.Command(),
        KeyValueProgram.Command(),
        CoordinationProgram.Command(),
        PersistenceProgram.Command(),
        DiskProgram.Command(),
    },
    args);
