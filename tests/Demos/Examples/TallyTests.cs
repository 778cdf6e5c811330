using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

public sealed class TallyTests : TestKit
{
    [Fact]
    public async Task Each_case_of_a_query_has_its_text()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys, asked, [("votes", 40), ("votes", 2)]);
        var tally = Sys.ActorOf(Props.Create(() => new Tally()));
        group.BuildQuorum(withActor: false);

        var answered = ReadAsync(tally);
        group.Confirm(await asked.ExpectMsgAsync<FromActor<int>.Query>());
        Assert.Equal("the total is 42, as of serial 2", await answered);

        var failed = ReadAsync(tally);
        var query = await asked.ExpectMsgAsync<FromActor<int>.Query>();
        group.Cancel(query.Request, new RaftFailure(FailureKind.NotDone, FailureReason.Unavailable, "no quorum"));
        Assert.StartsWith("no answer: ", await failed, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(IActorRef tally)
    {
        var outcome = await tally.Ask<Outcome<object?>>(new ReadTotal());
        var text = outcome.Failure is { } failure
            ? $"no answer: {failure.Detail}"
            : $"the total is {outcome.Result}, as of serial {outcome.Serial}";
        return text;
    }
}
