namespace Akka.Event;

/// <summary>A text with holes and what fills them; put together only if a logger wants it.</summary>
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

    /// <summary>Format and parameters side by side, for when they do not fit together.</summary>
    public abstract string Unformatted();
}
