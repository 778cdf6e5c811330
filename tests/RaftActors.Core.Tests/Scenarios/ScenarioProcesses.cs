using System.Collections.Immutable;
using System.Text;
using RaftActors.Core.Tests.Harness;

namespace RaftActors.Core.Tests.Scenarios;

/// <summary>
/// The processes of a scenario, one a line: <c>raft1 preload=3</c>, or <c>preload=(a b c)</c> with these values, or <c>terms=(1 1 2)</c>: a
/// founded group's log of these terms, whose first entry is the configuration, and <c>term=3</c> if it has heard of a later one. A
/// <c>stopped</c> one is started later.
/// </summary>
internal static class ScenarioProcesses
{
    public static IEnumerable<(SimulatedProcess Process, bool IsStopped)> Of(Directive directive)
    {
        var lines = directive.Input.Select(line => Directive.Parse(line, [])).ToList();
        var names = directive.Setting("roster")?.Split(' ') ?? lines.Select(line => line.Word);
        ImmutableArray<ProcessName> roster = [.. names.Select(ScenarioGroup.Named)];
        var group = ScenarioGroup.GroupOf(directive.Number("group", 0));
        var maxQuorum = directive.Number("max-quorum", 11);
        for (var i = 0; i < lines.Count; i++)
        {
            var options = new CoreOptions
            {
                Self = new Member(ScenarioGroup.Named(lines[i].Word), SimulatedProcess.IncarnationOf(1)),
                Roster = roster,
                MaxQuorum = maxQuorum,
                FoundingUid = ScenarioGroup.GroupOf(i + 1),
                FoundingTimeoutTicks = directive.Number("founding-timeout", 200),
                MaxEntriesPerMessage = directive.Number("max-entries", 256),
                Seed = (ulong)((directive.Number("seed", 1) * 100) + i),
            };
            var preload = InitialState.Empty with { Log = Preload.Of(Pairs(lines[i].Setting("preload"))) };
            var initial = lines[i].Setting("terms") is { } terms
                ? FoundedGroup.State(roster, maxQuorum, group, [.. terms.Split(' ').Select(long.Parse)], lines[i].Number("term", 0))
                : preload;
            yield return (new SimulatedProcess(options, initial, preload), lines[i].Arguments.Contains("stopped"));
        }
    }

    private static IEnumerable<Payload.Pair> Pairs(string? preload)
    {
        var values = int.TryParse(preload, out var count)
            ? Enumerable.Range(1, count).Select(i => $"value{i}")
            : preload?.Split(' ') ?? [];
        return values.Select((value, i) => new Payload.Pair(null, $"key{i + 1}", Encoding.UTF8.GetBytes(value)));
    }
}
