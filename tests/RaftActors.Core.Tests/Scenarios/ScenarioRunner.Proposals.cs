using System.Text;
using RaftActors.Core.Tests.Harness;

namespace RaftActors.Core.Tests.Scenarios;

/// <content>Requests with identities, and disks that change what was written.</content>
internal sealed partial class ScenarioRunner
{
    /// <summary>
    /// <c>request raft2 7 a=1</c>: the client's seventh request, a pair, proposed to raft2; <c>retry</c>: it may have been proposed before.
    /// <c>request raft2 7 ann a=1</c>: that of another client.
    /// </summary>
    private void Request(Directive directive, bool isRetry)
    {
        var (key, value) = directive.Settings.Single();
        var name = directive.Arguments.ElementAtOrDefault(2) ?? "client";
        var client = new Member(ScenarioGroup.Named(name), SimulatedProcess.IncarnationOf(1));
        var request = new RequestId(client, long.Parse(directive.Arguments[1]));
        _group[directive.Arguments[0]].Step(new Input.Propose([new Payload.Pair(request, key, Encoding.UTF8.GetBytes(value))], isRetry));
    }

    /// <summary><c>corrupt raft2 3</c>: at index 3 of its disk another value stands now, and nothing tells so.</summary>
    private void Corrupt(Directive directive) =>
        _group[directive.Arguments[0]].Corrupt(new LogIndex(long.Parse(directive.Arguments[1])));
}
