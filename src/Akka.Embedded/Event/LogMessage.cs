namespace Akka.Event;

/// <summary>A format with its arguments. It is formatted only if a logger needs the text.</summary>
public abstract class LogMessage
{
    protected readonly ILogMessageFormatter Formatter;

    public LogMessage(ILogMessageFormatter formatter, string format)
    {
        Formatter = formatter;
        Format = format;
    }

    public string Format { get; }

    public abstract IEnumerable<object> Parameters();

    /// <summary>The arguments alone, for an error report if they do not fit the format.</summary>
    public abstract string Unformatted();
}

internal sealed class ArgumentsLogMessage(ILogMessageFormatter formatter, string format, object?[] arguments)
    : LogMessage(formatter, format)
{
    // Justification: the signature excludes null, but an argument may be null.
    public override IEnumerable<object> Parameters() => arguments!;

    public override string Unformatted() => string.Join(',', arguments);

    /// <exception cref="FormatException">The arguments do not fit the format.</exception>
    public override string ToString() => Formatter.Format(Format, Parameters());
}
