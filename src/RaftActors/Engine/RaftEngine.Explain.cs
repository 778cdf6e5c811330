using RaftActors.Core;

namespace RaftActors.Engine;

// Explains the state of the process to a person: the group as the engine sees it, and what the engine waits for.
internal sealed partial class RaftEngine
{
    private string Explain()
    {
        var last = _core.LastPosition;
        var admission = _core.IsAdmitted ? "" : ", not admitted to vote yet";
        List<string> lines =
        [
            $"{_process.Pid} {_process.Pid.Name} of {_process.Settings.Group}: {_core.Role} in term {_core.Term}{admission}",
            $"log up to {last.Index} with serial {last.Serial}, committed up to {_core.CommitIndex}",
            _context.Leader is { } leader ? $"led by {leader.Leader}{(leader.IsReady ? "" : ", which is not ready yet")}" : "led by nobody",
            $"{_core.Configuration}",
        ];
        lines.AddRange(_core.Configuration.Names().Where(name => name != _process.Pid.Name).Select(Explain));
        lines.AddRange(_core.ExplainLeader().Select(reason => $"why no leader, or none that is ready: {reason}"));
        lines.AddRange(_core.ExplainSerial(last.Serial).Select(reason => $"why serial {last.Serial} is not committed: {reason}"));
        lines.AddRange(_core.ExplainMembership().Select(reason => $"about the members: {reason}"));
        lines.AddRange(_changes.Explain());
        lines.Add($"waiting: {_appends.Count} appends, {_gets.Count} gets, {_queries.Count} queries");
        if (_process.View.Decision is { } decision)
        {
            lines.Add($"decided last: {decision}");
        }

        if (_process.View.Fence is { } fence)
        {
            lines.Add($"fenced: {fence}");
        }

        return string.Join('\n', lines);
    }

    private string Explain(ProcessName name) => _context.Peers.Find(name) is null
        ? $"{name} was never met"
        : $"{name} is {(_context.Peers.FindReachable(name) is null ? "out of reach" : "in reach")}";
}
