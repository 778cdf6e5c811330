using System.Collections.Immutable;

namespace RaftActors.Core.Tests.Scenarios;

/// <content>Directives that change who is in the group.</content>
internal sealed partial class ScenarioRunner
{
    /// <summary><c>join raft1 raft5</c>: raft1 is asked to take in raft5.</summary>
    private void Join(Directive directive) =>
        ChangeMembers(directive, new MemberChange.Join(ScenarioGroup.Named(directive.Arguments[1])));

    /// <summary><c>leave raft1 raft5</c>: raft1 is asked to let raft5 go.</summary>
    private void Leave(Directive directive) =>
        ChangeMembers(directive, new MemberChange.Leave(ScenarioGroup.Named(directive.Arguments[1])));

    /// <summary>
    /// <c>assign raft1 voters=(raft1 raft2 raft4) learners=(raft3)</c>: each of them as the configuration of raft1 holds it, or in its
    /// first life if it does not.
    /// </summary>
    private void Assign(Directive directive)
    {
        var configuration = _group[directive.Arguments[0]].Core!.Configuration;
        Member MemberOf(string name) => configuration.Everybody().LastOrDefault(
            member => member.Name == ScenarioGroup.Named(name),
            new Member(ScenarioGroup.Named(name), Harness.SimulatedProcess.IncarnationOf(1)));
        ImmutableArray<Member> Members(string key) =>
            [.. (directive.Setting(key) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(MemberOf)];
        ChangeMembers(directive, new MemberChange.Assign(Members("voters"), Members("learners")));
    }

    /// <summary>
    /// <c>explain raft1 leader</c>, <c>explain raft1 serial 5</c>, <c>explain raft1 member</c> (itself), <c>explain raft1 member raft5</c>:
    /// what stands in the way, as far as raft1 knows.
    /// </summary>
    private void Explain(Directive directive)
    {
        var core = _group[directive.Arguments[0]].Core!;
        var reasons = (directive.Arguments[1], directive.Arguments.ElementAtOrDefault(2)) switch
        {
            ("leader", _) => core.ExplainLeader(),
            ("serial", { } serial) => core.ExplainSerial(new Serial(long.Parse(serial))),
            ("member", null) => core.ExplainMembership(),
            ("member", { } name) => core.ExplainMembership(ScenarioGroup.Named(name)),
            var (question, _) => throw new FormatException($"There is no 'explain {question}'."),
        };
        foreach (var reason in reasons)
        {
            _group.Say($"{reason.GetType().Name}: {reason}");
        }
    }

    /// <summary><c>based-on=3</c> if not on the latest configuration that the process has.</summary>
    private void ChangeMembers(Directive directive, MemberChange change)
    {
        var process = _group[directive.Arguments[0]];
        var latest = process.Log.LastOrDefault(entry => entry.Payload is Payload.Reconfigure).Index;
        var basedOn = new LogIndex(directive.Number("based-on", (int)latest.Value));
        process.Step(new Input.ChangeMembers(new RequestId(process.Member, ++_requests), basedOn, change));
    }
}
