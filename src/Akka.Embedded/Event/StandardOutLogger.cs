using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Event;

/// <summary>Writes at once, on the thread that logs: for the time before the loggers have started and after they have ended.</summary>
internal sealed class StandardOutLogger(LocalActorRefProvider provider) : InternalActorRef
{
    public override ActorPath Path { get; } = provider.RootPath / "StandardOutLogger";

    public override LocalActorRefProvider Provider => provider;

    public override void SendSystemMessage(SystemMessage message)
    {
    }

    /// <summary>What is written for a message. A log event with a wrong format becomes an error that shows format and arguments.</summary>
    public static string? LineOf(object message)
    {
        try
        {
            return message.ToString();
        }
        catch (FormatException failure) when (message is LogEvent { Message: LogMessage text } wrong)
        {
            return $"[ERROR][{wrong.Timestamp:O}][{wrong.LogSource}] A log message of the level {Logging.NameOf(wrong.LogLevel())} has a "
                + $"wrong format: {failure.Message} Format: [{text.Format}], arguments: [{text.Unformatted()}]. Correct the call.";
        }
    }

    protected override void TellInternal(object message, IActorRef? sender) => Console.Out.WriteLine(LineOf(message));
}
