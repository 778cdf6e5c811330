namespace RaftActors.Core.Tests.Scenarios;

/// <content>Membership changes.</content>
internal sealed partial class ScenarioRunner
{
    /// <summary><c>join raft1 raft5</c>: asks raft1 to let raft5 join. <c>votes=no</c>: it never votes.</summary>
    private void Join(Directive directive) => ChangeMembers(
        directive, new MemberChange.Join(ScenarioGroup.Named(directive.Arguments[1]), directive.Setting("votes") != "no"));

    /// <summary>
    /// <c>leave raft1 raft5</c>: asks raft1 to let raft5 leave. <c>incarnation=2</c>: only its second incarnation.
    /// </summary>
    private void Leave(Directive directive)
    {
        Incarnation? one = directive.Setting("incarnation") is { } number
            ? Harness.SimulatedProcess.IncarnationOf(int.Parse(number))
            : null;
        ChangeMembers(directive, new MemberChange.Leave(ScenarioGroup.Named(directive.Arguments[1]), one));
    }

    /// <summary><c>max-quorum raft1 5</c>: asks raft1 to let at most 5 processes vote.</summary>
    private void SetMaxQuorum(Directive directive) =>
        ChangeMembers(directive, new MemberChange.SetMaxQuorum(int.Parse(directive.Arguments[1])));

    /// <summary><c>format-level raft1 2</c>: asks raft1 to raise the format level of the group to 2.</summary>
    private void RaiseFormatLevel(Directive directive) =>
        ChangeMembers(directive, new MemberChange.Raise(byte.Parse(directive.Arguments[1])));

    /// <summary><c>logic-version raft1 2</c>: asks raft1 to raise the logic version of the group to 2.</summary>
    private void RaiseLogicVersion(Directive directive) =>
        ChangeMembers(directive, new MemberChange.Raise(Logic: int.Parse(directive.Arguments[1])));

    /// <summary>
    /// <c>assign raft1 voters=(raft1 raft2 raft4) learners=(raft3)</c>: asks raft1 for these voters and learners. Each has its incarnation
    /// in raft1's configuration, or its first one.
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

    /// <summary>The change is based on the process's latest configuration, or on that at index 3 with <c>based-on=3</c>.</summary>
    private void ChangeMembers(Directive directive, MemberChange change)
    {
        var process = _group[directive.Arguments[0]];
        var latest = process.Log.LastOrDefault(entry => entry.Payload is Payload.Reconfigure).Index;
        var basedOn = new LogIndex(directive.Number("based-on", (int)latest.Value));
        process.Step(new Input.ChangeMembers(new RequestId(process.Member, ++_requests), basedOn, change));
    }
}
