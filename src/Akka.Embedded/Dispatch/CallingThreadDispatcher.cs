namespace Akka.Dispatch;

/// <summary>Runs a mailbox on the sender's thread, before the send returns. For tests.</summary>
internal sealed class CallingThreadDispatcher() : Dispatcher(CallingThreadDispatcherId, int.MaxValue)
{
    public const string CallingThreadDispatcherId = "akka.test.calling-thread-dispatcher";

    public override void Execute(Mailbox mailbox) => mailbox.Run();
}
