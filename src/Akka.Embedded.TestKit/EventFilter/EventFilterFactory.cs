using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// Creates filters for log events: by level, by whole text, start or part, and by source. A source is the path of an actor, with or
/// without its address.
/// </summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testKit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<EventFilter> _filters;

    internal EventFilterFactory(TestKitBase testKit, ActorSystem system, IReadOnlyList<EventFilter>? filters = null)
    {
        _testKit = testKit;
        _system = system;
        _filters = filters ?? [];
    }

    /// <summary>Filters errors with an exception of this type. The texts are compared with the event and with the exception.</summary>
    public IEventFilterApplier Exception<TException>(
        string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception => Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null)
        where TException : Exception => Exception(typeof(TException), pattern, source);

    public IEventFilterApplier Exception(
        Type exceptionType, string? message = null, string? start = null, string? contains = null, string? source = null,
        bool checkInnerExceptions = false) =>
        Exception(exceptionType, Described(message, start, contains), Texts(message, start, contains), source, checkInnerExceptions);

    /// <param name="checkInnerExceptions">Whether an inner exception may match too.</param>
    public IEventFilterApplier Exception(Type exceptionType, Regex pattern, string? source = null, bool checkInnerExceptions = false) =>
        Exception(exceptionType, $" like {pattern}", pattern.IsMatch, source, checkInnerExceptions);

    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.ErrorLevel, message, start, contains, source);

    public IEventFilterApplier Error(Regex pattern, string? source = null) => ForLogLevel(LogLevel.ErrorLevel, pattern, source);

    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.WarningLevel, message, start, contains, source);

    public IEventFilterApplier Warning(Regex pattern, string? source = null) => ForLogLevel(LogLevel.WarningLevel, pattern, source);

    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.InfoLevel, message, start, contains, source);

    public IEventFilterApplier Info(Regex pattern, string? source = null) => ForLogLevel(LogLevel.InfoLevel, pattern, source);

    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(LogLevel.DebugLevel, message, start, contains, source);

    public IEventFilterApplier Debug(Regex pattern, string? source = null) => ForLogLevel(LogLevel.DebugLevel, pattern, source);

    public IEventFilterApplier ForLogLevel(
        LogLevel logLevel, string? message = null, string? start = null, string? contains = null, string? source = null) =>
        ForLogLevel(logLevel, Described(message, start, contains), Texts(message, start, contains), source);

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string? source = null) =>
        ForLogLevel(logLevel, $" like {pattern}", pattern.IsMatch, source);

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Custom<LogEvent>(predicate);

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate)
        where TLogEvent : LogEvent =>
        Apply($"{typeof(TLogEvent).Name} that fulfils the condition", happening => happening is TLogEvent log && predicate(log));

    /// <summary>Filters dead letters. Their source is the recipient.</summary>
    public IEventFilterApplier DeadLetter() => DeadLetter<object>();

    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => DeadLetter<TMessage>(_ => true, source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null) =>
        DeadLetter(typeof(TMessage), message => message is TMessage typed && isMatch(typed), source);

    public IEventFilterApplier DeadLetter(Type type, string? source = null) => DeadLetter(type, _ => true, source);

    public IEventFilterApplier DeadLetter(Type type, Func<object, bool> isMatch, string? source = null) => Apply(
            $"dead letter of type {type}",
            happening => happening is DeadLetter letter && type.IsInstanceOfType(letter.Message) && isMatch(letter.Message)
                && IsFrom(letter.Recipient.Path.ToString(), source));

    private IEventFilterApplier ForLogLevel(LogLevel level, string described, Predicate<string> isText, string? source) => Apply(
            $"{level}{described}{From(source)}",
            happening => happening is LogEvent log && log.LogLevel() == level && isText(Text(log)) && IsFrom(log.LogSource, source));

    private IEventFilterApplier Exception(Type type, string described, Predicate<string> isText, string? source, bool checksInner) =>
        Apply(
            $"error with a {type.Name}{described}{From(source)}",
            happening => happening is Error { Cause: { } cause } error && IsFrom(error.LogSource, source)
                && Chain(cause, checksInner).Any(one => type.IsInstanceOfType(one) && (isText(Text(error)) || isText(one.Message))));

    private EventFilterApplier Apply(string description, Predicate<object> isMatch) =>
        new EventFilterApplier(_testKit, _system, [.. _filters, new EventFilter(description, isMatch)]);

    private static IEnumerable<Exception> Chain(Exception cause, bool checksInner)
    {
        for (var one = cause; one is not null; one = checksInner ? one.InnerException : null)
        {
            yield return one;
        }
    }

    private static Predicate<string> Texts(string? message, string? start, string? contains) =>
        text => (message is null || text == message)
            && (start is null || text.StartsWith(start, StringComparison.Ordinal))
            && (contains is null || text.Contains(contains, StringComparison.Ordinal));

    private static string Described(string? message, string? start, string? contains) => string.Concat(
            message is null ? "" : $" '{message}'", start is null ? "" : $" '{start}...'", contains is null ? "" : $" '...{contains}...'");

    private static string From(string? source) => source is null ? "" : $" from {source}";

    private static string Text(LogEvent log)
    {
        try
        {
            return log.Message?.ToString() ?? "";
        }
        catch (FormatException)
        {
            return ""; // The arguments do not fit the format.
        }
    }

    private static bool IsFrom(string actual, string? source) => source is null || IsSame(actual, source)
            || (ActorPath.TryParse(actual, out var path) && IsSame(path.ToStringWithoutAddress(), source));

    private static bool IsSame(string actual, string source) => actual.Equals(source, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A condition on log events or dead letters.</summary>
internal sealed class EventFilter(string description, Predicate<object> isMatch)
{
    public string Description { get; } = description;

    public bool IsMatch(object happening) => isMatch(happening);
}
