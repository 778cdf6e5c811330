namespace Akka.Event;

internal sealed class ArgumentsLogMessage(ILogMessageFormatter formatter, string format, object?[] arguments)
    : LogMessage(formatter, format)
{
    // Justification: the signature knows no null, but a hole may be filled with it.
    public override IEnumerable<object> Parameters() => arguments!;

    public override string Unformatted() => string.Join(',', arguments);

    /// <exception cref="FormatException">Format and arguments do not fit together.</exception>
    public override string ToString() => Formatter.Format(Format, Parameters());
}
