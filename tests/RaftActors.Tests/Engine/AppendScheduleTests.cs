using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace RaftActors.Tests.Engine;

/// <summary>Random schedules, the same in each run. A failure names its seed and lists the events.</summary>
public sealed class AppendScheduleTests : TestKit
{
    private const int Seeds = 1000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_append_ends_once_and_is_committed_unless_it_ended_as_not_committed(bool isStable)
    {
        Mailbox[] mailboxes = [.. Enumerable.Range(0, 2 * ScheduledProcess.Count).Select(_ => new Mailbox(this))];

        var problems = Enumerable.Range(1, Seeds).Select(seed => new AppendSchedule(seed, isStable).Run(mailboxes)).OfType<string>();

        var problem = problems.MinBy(each => each.Length);
        Assert.True(problem is null, problem);
    }

    /// <summary>Collects the messages to one ref before the send returns.</summary>
    internal sealed class Mailbox
    {
        public Mailbox(TestKit kit) =>
            (Ref, System) = (kit.ActorOfAsTestActorRef<Receiver>(Props.Create(() => new Receiver(this))), kit.Sys);

        public ActorSystem System { get; }

        public IActorRef Ref { get; }

        public Action<object, IActorRef> Take { get; set; } = (_, _) => { };
    }

    private sealed class Receiver(Mailbox mailbox) : UntypedActor
    {
        protected override void OnReceive(object message) => mailbox.Take(message, Sender);
    }
}
