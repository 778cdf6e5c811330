using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Examples;

/// <summary>The reservations of docs/how-to/expire-by-time.md, on a clock that the test moves.</summary>
public sealed class ReservationsTests() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    [Fact]
    public async Task Reservation_that_is_not_paid_ends_after_ten_minutes_and_one_that_is_paid_does_not()
    {
        var asked = CreateTestProbe();
        var group = new ScriptedGroup<string>(Sys, asked);
        Sys.ActorOf(Props.Create(() => new Reservations()));
        group.BuildQuorum();
        group.ElectActor();
        group.Commit("1A", "ann");
        group.Commit("1B", "bob");
        Assert.NotNull(await group.AskAsync(group.Commit("1B", "")));

        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMinutes(10));
        var ended = asked.ExpectMsg<FromActor<string>.Append>();

        Assert.NotNull(await group.AskAsync(group.Commit(ended)));
        Assert.Equal(("1A", "ann"), (ended.Key, ended.Value));
    }
}
