namespace Akka.Event;

internal sealed class ArgumentsLogMessage(ILogMessageFormatter formatter, string format, object?[] arguments)
    : LogMessage(formatter, format)
{
    // Justification: the signature excludes null, but an argument may be null.
    public override IEnumerable<object> Parameters() => arguments!;

    public override string Unformatted() => string.Join(',', arguments);

    /// <exception cref="FormatException">The arguments do not fit the format.</exception>
    public override string ToString() => Formatter.Format(Format, Parameters());
}
