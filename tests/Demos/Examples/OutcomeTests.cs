using Akka.Actor;
using Akka.Serialization;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

public sealed class OutcomeTests : TestKit
{
    [Fact]
    public async Task Each_case_of_an_outcome_has_its_text()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<int>(Sys, asked);
        var counter = Sys.ActorOf(Props.Create(() => new Counter()));
        group.BuildQuorum(withActor: false);

        var done = CountOneAsync(counter);
        group.Commit(await ExpectAppendAsync());
        var discarded = CountOneAsync(counter);
        group.Cancel((await ExpectAppendAsync()).Request, new RaftFailure(FailureKind.NotDone, FailureReason.Discarded, "too many clicks"));
        var lost = CountOneAsync(counter);
        group.Cancel((await ExpectAppendAsync()).Request, new RaftFailure(FailureKind.Unknown, FailureReason.TimedOut, "no answer"));

        Assert.Equal("the total is 1", await done);
        Assert.Equal("nothing was counted: too many clicks", await discarded);
        Assert.Equal("counted already, later or never", await lost);

        Task<FromActor<int>.Append> ExpectAppendAsync() => asked.ExpectMsgAsync<FromActor<int>.Append>().AsTask();
    }

    [Fact]
    public void Node_that_only_asks_names_the_result_type_once()
    {
        var system = Sys;

        Raft.Get(system).AddResultType(RaftCodec.Json<BookingResult>());

        var request = new RequestRef(new ProcessName("ledger@node1"), default, 1);
        var booked = new BookingResult(IsBooked: true, Balance: 5);
        var done = new Outcome<BookingResult> { Serial = new Serial(1), Result = booked, Request = request };
        var serializer = system.Serialization.FindSerializerFor(done);
        var manifest = Serialization.ManifestFor(serializer, done);
        Assert.Equal(done, system.Serialization.Deserialize(serializer.ToBinary(done), serializer.Identifier, manifest));
    }

    private static async Task<string> CountOneAsync(IActorRef counter)
    {
        var outcome = await counter.Ask<Outcome<int>>(new Count(1));
        var text = outcome switch
        {
            { HasResult: true, Result: var total } => $"the total is {total}",
            { Failure: null } => "counted",
            { Failure: { Kind: FailureKind.NotDone } failure } => $"nothing was counted: {failure.Detail}",
            _ => "counted already, later or never",
        };
        return text;
    }
}
