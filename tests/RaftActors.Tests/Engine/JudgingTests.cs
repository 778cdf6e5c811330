using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Engine;

namespace RaftActors.Tests.Engine;

/// <summary>The engine shows proposals only to an actor that overrides HandleProposal. Another one could refuse none.</summary>
public sealed class JudgingTests : TestKit
{
    [Fact]
    public void Actor_that_overrides_HandleProposal_is_shown_proposals() => Assert.True(JudgesProposals(() => new Judging()));

    [Fact]
    public void Actor_that_inherits_an_override_of_HandleProposal_is_shown_proposals() =>
        Assert.True(JudgesProposals(() => new InheritsJudging()));

    [Fact]
    public void Actor_that_does_not_override_HandleProposal_is_shown_none() => Assert.False(JudgesProposals(() => new Accepting()));

    [Fact]
    public void Actor_whose_method_merely_has_the_name_HandleProposal_is_shown_none() =>
        Assert.False(JudgesProposals(() => new Overloading()));

    private bool JudgesProposals<TActor>(System.Linq.Expressions.Expression<Func<TActor>> make)
        where TActor : ActorBase
    {
        Raft.Get(Sys).ScriptedHost = TestActor;
        Sys.ActorOf(Props.Create(make));
        return ExpectMsg<ToEngine.Attach>().JudgesProposals;
    }

    private class Accepting : RaftActor<string>
    {
        protected override object? HandleAppend(Entry<string> entry) => null;
    }

    private class Judging : Accepting
    {
        protected override string? HandleProposal(Proposal<string> proposal) => "no";
    }

    private sealed class InheritsJudging : Judging;

    private sealed class Overloading : Accepting
    {
        public static string? HandleProposal(string proposal) => proposal;
    }
}
