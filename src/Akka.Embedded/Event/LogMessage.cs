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

    /// <summary>The parameters alone, for when they do not fit the format.</summary>
    public abstract string Unformatted();
}
