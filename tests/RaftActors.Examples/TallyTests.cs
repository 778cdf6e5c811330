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
        var group = new ScriptedGroup<int>(Sys, asked, ("votes", 40), ("votes", 2));
        var tally = Sys.ActorOf(Props.Create(() => new Tally()));
        group.BuildQuorum(withActor: false);

        var answered = ReadAsync(tally);
        group.Confirm(await asked.ExpectMsgAsync<FromActor<int>.Query>());
        Assert.Equal("the total is 42, as of serial 2", await answered);

        var failed = ReadAsync(tally);
        group.Cancel((await asked.ExpectMsgAsync<FromActor<int>.Query>()).Request, new CancelReason.Unavailable());
        Assert.StartsWith("no answer: ", await failed, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(IActorRef tally)
    {
        var outcome = await tally.Ask<QueryOutcome>(new ReadTotal());
        var text = outcome is QueryOutcome.Done done
            ? $"the total is {done.Result}, as of serial {done.Serial}"
            : $"no answer: {((QueryOutcome.Failed)outcome).Reason}";
        return text;
    }
}
