using Akka.Actor;

namespace Akka.Event;

/// <summary>Logs unhandled messages at the debug level. The source is the actor that did not handle the message.</summary>
internal sealed class UnhandledMessageForwarder : ReceiveActor
{
    public UnhandledMessageForwarder() => Receive<UnhandledMessage>(unhandled =>
    {
        var sender = unhandled.Sender?.Path.ToString() ?? "NoSender";
        Context.System.EventStream.Publish(new Debug(
            unhandled.Recipient.Path.ToString(),
            unhandled.Recipient.GetType(),
            $"Unhandled message from {sender} : {unhandled.Message}"));
    });
}
