namespace RaftActors.Core.Tests.Scenarios;

/// <content>Starts, writes, snapshots and damage.</content>
internal sealed partial class ScenarioRunner
{
    /// <summary>
    /// <c>start raft1</c>: starts it and makes its boot durable, without output. <c>start raft1 boot=shown</c>: the first step of raft1
    /// shows that write. From now on it has the settings of <see cref="ScenarioProcesses.With"/> that are named.
    /// </summary>
    private void StartWith(SimulatedProcess process, Directive directive)
    {
        process.Options = ScenarioProcesses.With(process.Options, directive);
        Start(process, directive);
    }

    private void Start(SimulatedProcess process, Directive directive)
    {
        process.Start();
        if (directive.Setting("boot") != "shown")
        {
            var show = _group.Show;
            _group.Show = ScenarioGroup.Detail.Nothing;
            process.Boot();
            _group.Show = show;
        }
    }

    /// <summary><c>persist raft1</c>: finishes all its writes. <c>count=1</c>: only the oldest.</summary>
    private static void FinishWrites(SimulatedProcess process, int count)
    {
        for (; count > 0 && process.HasWrites; count--)
        {
            process.FinishOneWrite();
        }
    }

    /// <summary><c>snapshot raft1 raft2 length=25</c>: each takes a snapshot up to its commit index. The default is 10 bytes.</summary>
    private void TakeSnapshot(Directive directive) =>
        ForEach(directive, process => process.TakeSnapshot(directive.Number("length", 10)));

    /// <summary><c>corrupt raft2 3</c>: replaces the value at index 3 on its disk, undetected by the disk.</summary>
    private void Corrupt(Directive directive) =>
        _group[directive.Arguments[0]].Corrupt(new LogIndex(long.Parse(directive.Arguments[1])));

    /// <summary><c>forget raft3 2</c>: crashes it; its disk loses the last two entries that it had reported as written.</summary>
    private void LoseLast(Directive directive) =>
        _group[directive.Arguments[0]].LoseLast(int.Parse(directive.Arguments[1]));
}
