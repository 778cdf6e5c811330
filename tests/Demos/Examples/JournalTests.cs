using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

public sealed class JournalTests : TestKit
{
    [Fact]
    public async Task Missing_pairs_come_from_another_process_or_by_HandleAppend_and_are_served()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<string>(Sys, asked);
        group.Commit("first", "1");
        group.Commit("second", "2");
        var journal = Sys.ActorOf(Props.Create(() => new Journal()));
        group.Found();

        group.Answer(await asked.ExpectMsgAsync<FromActor<string>.Get>());
        var failed = await asked.ExpectMsgAsync<FromActor<string>.Get>();
        group.Cancel(failed.Request, new RaftFailure(FailureKind.NotDone, FailureReason.Unavailable, "no process in reach has it"));

        await AwaitAssertAsync(async () => Assert.Equal(2, await journal.Ask<int>(new CountPairs())));
        Assert.Equal("1", (await group.AskAsync(new Serial(1)))?.Value);
    }
}
