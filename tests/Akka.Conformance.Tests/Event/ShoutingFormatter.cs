using System.Globalization;

using Akka.Event;

namespace Akka.Conformance.Tests.Event;

public sealed class ShoutingFormatter : ILogMessageFormatter
{
    public string Format(string format, params object[] args) =>
        string.Format(CultureInfo.InvariantCulture, format, args).ToUpperInvariant();

    public string Format(string format, IEnumerable<object> args) => Format(format, args.ToArray());
}
