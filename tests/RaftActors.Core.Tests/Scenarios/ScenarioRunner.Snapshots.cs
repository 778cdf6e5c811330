namespace RaftActors.Core.Tests.Scenarios;

/// <content>Snapshots that applications make.</content>
internal sealed partial class ScenarioRunner
{
    /// <summary><c>snapshot raft1 raft2 length=25</c>: each of them, of all that it knows to be committed; 10 bytes unless said.</summary>
    private void TakeSnapshot(Directive directive) =>
        ForEach(directive, process => process.TakeSnapshot(directive.Number("length", 10)));
}
