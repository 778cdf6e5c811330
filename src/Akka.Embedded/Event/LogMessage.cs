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
