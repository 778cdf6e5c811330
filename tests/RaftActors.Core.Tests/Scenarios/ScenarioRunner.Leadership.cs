using RaftActors.Core.Tests.Harness;

namespace RaftActors.Core.Tests.Scenarios;

/// <content>Starts, reads, transfers, clocks and disks.</content>
internal sealed partial class ScenarioRunner
{
    private long _reads;

    /// <summary>
    /// <c>start raft1</c>: it starts and has written down that it did. <c>start raft1 boot=shown</c>: it starts, and its first step shows
    /// that write.
    /// </summary>
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

    /// <summary><c>read raft1 3</c>: three reads, numbered on through the scenario.</summary>
    private void Read(Directive directive)
    {
        for (var count = directive.Arguments.Count > 1 ? int.Parse(directive.Arguments[1]) : 1; count > 0; count--)
        {
            _group[directive.Arguments[0]].Step(new Input.Read(new ReadId(++_reads)));
        }
    }

    /// <summary><c>transfer raft1 to=raft2</c>; without <c>to=</c> to the most suitable.</summary>
    private void Transfer(Directive directive) => _group[directive.Arguments[0]].Step(
        new Input.Transfer(directive.Setting("to") is { } name ? ScenarioGroup.Named(name) : null));

    /// <summary><c>time 5000</c>: so many microseconds go by, and no tick; <c>time raft1 5000</c>: on its clock only.</summary>
    private void Wait(Directive directive)
    {
        var names = directive.Arguments.SkipLast(1).ToHashSet();
        foreach (var process in _group.Running.Where(process => names.Count == 0 || names.Contains(process.Name.Process)))
        {
            process.Wait(long.Parse(directive.Arguments[^1]));
        }
    }
}
