using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace TestKitTests;

public sealed class ProbeTests : TestKit
{
    [Fact]
    public void A_probe_sends_forwards_and_replies_in_its_own_name()
    {
        var (first, second) = (CreateTestProbe("first"), CreateTestProbe("second"));

        first.Send(second, "question");
        second.ExpectMsg<string>((text, sender) => text == "question" && sender.Equals(first));
        second.Reply("answer");
        first.ExpectMsg<string>((text, sender) => text == "answer" && sender.Equals(second));
        first.Forward(TestActor);

        ExpectMsg<string>((text, sender) => text == "answer" && sender.Equals(second));
        Assert.Equal("akka://test/system/first", first.Ref.Path.ToString());
    }

    [Fact]
    public void A_probe_is_equal_to_its_ref()
    {
        var probe = CreateTestProbe();

        Assert.True(probe.Equals(probe.Ref));
        Assert.True(probe.Ref.Equals(probe));
        Assert.Equal(probe.Ref.GetHashCode(), probe.GetHashCode());
    }

    [Fact]
    public async Task A_probe_can_be_watched_stopped_and_asked_like_a_ref()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell($"{message}!");
            return AutoPilot.KeepRunning;
        }));

        Assert.Equal("hello!", await probe.Ask<string>("hello", TimeSpan.FromSeconds(3)));
        Assert.Equal("again!", await probe.Ask<string>("again", TimeSpan.FromSeconds(3)));
        Assert.Equal(["hello", "again"], probe.ReceiveN(2));
        Watch(probe);
        Sys.Stop(probe);
        ExpectTerminated(probe);
    }

    [Fact]
    public void Auto_pilot_answers_until_it_returns_NoAutoPilot()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell("only once");
            return AutoPilot.NoAutoPilot;
        }));

        probe.Ref.Tell(1);
        probe.Ref.Tell(2);

        ExpectMsg("only once");
        Assert.Equal([1, 2], probe.ReceiveN(2));
        Assert.False(HasMessages);
    }
}
