using System.Globalization;

namespace Akka.Event;

/// <summary>Formats with <c>string.Format</c> and the invariant culture. If the arguments do not fit, the text shows both.</summary>
public class DefaultLogMessageFormatter : ILogMessageFormatter
{
    public static readonly DefaultLogMessageFormatter Instance = new();

    private DefaultLogMessageFormatter()
    {
    }

    public string Format(string format, params object[] args)
    {
        try
        {
            return args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
        }
        catch (FormatException failure)
        {
            return $"[INVALID LOG FORMAT] {failure.Message} Format: [{format}], arguments: [{string.Join(", ", args)}]. Correct the call.";
        }
    }

    public string Format(string format, IEnumerable<object> args) => Format(format, args.ToArray());
}
