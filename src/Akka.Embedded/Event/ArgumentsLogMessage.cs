namespace Akka.Event;

internal sealed class ArgumentsLogMessage(ILogMessageFormatter formatter, string format, object?[] arguments)
    : LogMessage(formatter, format)
{
    // Justification: the signature knows no null, but a hole may be filled with it.
    public override IEnumerable<object> Parameters() => arguments!;

    public override string Unformatted() => $"{Format} [{string.Join(", ", arguments)}]";

    public override string ToString()
    {
        try
        {
            return Formatter.Format(Format, Parameters());
        }
        catch (FormatException)
        {
            // A log line with a wrong format must not fail the logger, and what it wanted to say must not be lost.
            return Unformatted();
        }
    }
}
