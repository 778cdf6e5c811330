using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Event;

/// <summary>Writes at once, on the logging thread. It serves before the loggers have started and after they have ended.</summary>
internal sealed class StandardOutLogger(LocalActorRefProvider provider) : InternalActorRef
{
    public override ActorPath Path { get; } = provider.RootPath / "StandardOutLogger";

    public override LocalActorRefProvider Provider => provider;

    public override void SendSystemMessage(SystemMessage message)
    {
    }

    /// <summary>
    /// Returns the text for a message, or null for other messages. For a malformed log message, returns an error with format and
    /// arguments.
    /// </summary>
    public static string? LineOf(object message)
    {
        try
        {
            return message.ToString();
        }
        catch (FormatException failure) when (message is LogEvent { Message: LogMessage text } wrong)
        {
            return $"[ERROR][{wrong.Timestamp:O}][{wrong.LogSource}] A log message of level {Logging.NameOf(wrong.LogLevel())} has a "
                + $"wrong format: {failure.Message} Format: [{text.Format}], arguments: [{text.Unformatted()}]. Correct the call.";
        }
    }

    protected override void TellInternal(object message, IActorRef? sender) => Console.Out.WriteLine(LineOf(message));
}
