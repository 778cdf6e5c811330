using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Puts received messages into the queue of a test kit.</summary>
internal sealed class InternalTestActor(TestMessageQueue queue) : ActorBase
{
    public Func<object, bool> IsIgnored { get; set; } = _ => false;

    public AutoPilot AutoPilot { get; set; } = AutoPilot.NoAutoPilot;

    protected override bool Receive(object message)
    {
        if (message is Command command)
        {
            command.Run(this, Context);
            command.Done.SetResult();
            return true;
        }

        var sender = Sender;
        var next = AutoPilot.Run(sender, message);
        AutoPilot = next is KeepRunning ? AutoPilot : next;
        if (!IsIgnored(message))
        {
            queue.Add(new RealMessageEnvelope(message, sender));
        }

        return true;
    }

    /// <summary>An action of the test kit that the test actor runs between two messages.</summary>
    internal sealed class Command(Action<InternalTestActor, IActorContext> run) : INoSerializationVerificationNeeded
    {
        public Action<InternalTestActor, IActorContext> Run { get; } = run;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
