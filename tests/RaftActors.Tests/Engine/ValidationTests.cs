namespace RaftActors.Tests.Engine;

/// <summary>The engine shows proposals only to an actor that overrides HandleProposal. Another one could refuse none.</summary>
public sealed class ValidationTests : TestKit
{
    [Theory]
    [InlineData(typeof(Accepting), false)]
    [InlineData(typeof(Validating), true)]
    [InlineData(typeof(InheritsValidating), true)]
    [InlineData(typeof(Overloading), false)]
    public void Actor_is_shown_proposals_if_it_overrides_HandleProposal(Type type, bool isShown)
    {
        Raft.Get(Sys).ScriptedHost = TestActor;

        Sys.ActorOf(Props.Create(type));

        Assert.Equal(isShown, ExpectMsg<ToEngine.Attach>().ValidatesProposals);
    }

    private class Accepting : RaftActor<string>
    {
        protected override object? HandleAppend(Entry<string> entry) => null;
    }

    private class Validating : Accepting
    {
        protected override string? HandleProposal(Proposal<string> proposal) => "no";
    }

    private sealed class InheritsValidating : Validating;

    private sealed class Overloading : Accepting
    {
        public static string? HandleProposal(string proposal) => proposal;
    }
}
