using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Tests.Groups;

/// <summary>A process is fenced, and its operator can see it.</summary>
public sealed class FenceTests : TestKit
{
    private readonly VirtualGroup _group;

    public FenceTests()
        : base(VirtualGroup.Config) => _group = new VirtualGroup(this);

    [Fact]
    public void Process_that_is_shut_out_says_so_once_in_the_log_and_ever_after_in_its_status()
    {
        _group.Start("raft1", 1);
        var peer = CreateTestProbe();
        var raft2 = VirtualGroup.MemberOf("raft2");
        var raft1 = new Member(new ProcessName("raft1@node1"), Incarnation.None);
        Say(new Message.Greeting(default, Incarnation.None, IsReply: false), raft1);
        var greeting = Assert.IsType<WireMessage.CoreMessage>(
            peer.FishForMessage(message => message is WireMessage.CoreMessage core && core.Envelope.To == raft2)).Envelope;

        var errors = CreateTestProbe();
        Sys.EventStream.Subscribe(errors, typeof(Error));

        EventFilter.Error(contains: ": is fenced and takes no part in its group until 'raft log forget' has emptied its store: its store")
            .ExpectOne(() =>
            {
                Say(new Message.Refusal(RefusalReason.RestoredDisk, Serial.Zero, greeting.Boot, "an old copy"), greeting.From);
                Say(new Message.Refusal(RefusalReason.RestoredDisk, Serial.Zero, greeting.Boot, "an old copy"), greeting.From);
            });

        // A program that handles the event leaves out the log entry.
        var logged = Assert.IsAssignableFrom<LogMessage>(errors.ExpectMsg<Error>().Message);
        Assert.Single(logged.Parameters().OfType<RaftEvent.Fenced>());
        _group.Actors["raft1"].Tell(new Recorder.GetStatus(), TestActor);
        Assert.Contains(", fenced: its store is an old copy", ExpectMsg<RaftStatus>().ToString());
        _group.Actors["raft1"].Tell(new Recorder.Explain(), TestActor);
        Assert.Contains("fenced: its store is an old copy", ExpectMsg<Outcome<string>>().Result);

        void Say(Message body, Member to)
        {
            var envelope = new RaftActors.Core.Envelope(raft2, to, GroupUid.None, Term.Zero, default, body);
            _group.EngineOf("raft1").Tell(new WireMessage.CoreMessage(envelope), peer);
            _group.AwaitIdle();
        }
    }
}
